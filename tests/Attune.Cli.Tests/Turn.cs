using System.Runtime.CompilerServices;
using Xunit.Sdk;
using Xunit.v3;

[assembly: Parallelization(Mode = ParallelMode.None)]

namespace Attune.Cli;

/// <summary>The programs that these tests start use libtorch, one after the other.</summary>
internal static class Turn
{
    [ModuleInitializer]
    internal static void Take() => MachineTurn.Take();
}
