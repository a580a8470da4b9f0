using System.Runtime.CompilerServices;
using Attune.Native;

namespace Attune;

<<<<<<< HEAD
/// <summary>Loads libtorch before the first test: TorchSharp would otherwise look for it by itself.</summary>
internal static class TorchFixture
{
    [ModuleInitializer]
=======
internal static class TorchFixture
{
#pragma warning disable CA2255 // A test assembly is a program: libtorch must be loaded before the first test touches it.
    [ModuleInitializer]
#pragma warning restore CA2255
>>>>>>> 9d4d86b (Forward fixtures of Llama and GPT-2 pass: packed rows stand for padded batches, gradients to every parameter)
    internal static void Load() => Libtorch.Load(2);
}
