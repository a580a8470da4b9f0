using System.Runtime.CompilerServices;
using Attune.Native;

namespace Attune;

/// <summary>Loads libtorch before the first test: TorchSharp would otherwise look for it by itself.</summary>
internal static class TorchFixture
{
    [ModuleInitializer]
    internal static void Load() => Libtorch.Load(2);
}
