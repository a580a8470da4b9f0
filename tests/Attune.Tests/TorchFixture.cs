using System.Runtime.CompilerServices;
using Attune.Native;

namespace Attune;

/// <summary>Loads libtorch before the first test: TorchSharp would otherwise look for it by itself.</summary>
internal static class TorchFixture
{
    [ModuleInitializer]
    internal static void Load()
    {
        // Test classes run side by side: threads that wait by spinning would take the cores from each other.
        NativeEnvironment.SetDefault("OMP_WAIT_POLICY", "passive");
        Libtorch.Load(2);
    }
}
