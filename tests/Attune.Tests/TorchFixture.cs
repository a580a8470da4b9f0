using System.Runtime.CompilerServices;
using Attune.Native;
using Xunit.Sdk;
using Xunit.v3;

[assembly: Parallelization(Mode = ParallelMode.None)]

namespace Attune;

/// <summary>Loads libtorch before the first test: TorchSharp would otherwise look for it by itself. Its threads are the parallelism here.</summary>
internal static class TorchFixture
{
    [ModuleInitializer]
    internal static void Load()
    {
        MachineTurn.Take();

        // Beside other assemblies' tests, threads that wait by spinning would take the cores from them.
        NativeEnvironment.SetDefault("OMP_WAIT_POLICY", "passive");
        Libtorch.Load(2);
    }
}
