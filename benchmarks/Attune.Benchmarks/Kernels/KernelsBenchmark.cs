using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.ConsoleArguments;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using BenchmarkDotNet.Validators;
using Perfolizer.Horology;

namespace Attune.Benchmarks.Kernels;

/// <summary>Runs the microbenchmarks of single kernels.</summary>
internal static class KernelsBenchmark
{
    /// <summary>What the program says of the verb.</summary>
    public const string Usage = """
               Attune.Benchmarks kernels [OPTION…]   each kernel beside its twin of TorchSharp's own operators
                   OPTION…          BenchmarkDotNet's own, such as --filter '*SwiGlu*' or --list flat; all kernels if absent
        """;

    /// <summary>The verb: 0 only where all that was asked for was measured.</summary>
    /// <param name="arguments">BenchmarkDotNet's own options; without a filter all benchmarks run.</param>
    /// <param name="figures">Objects instead of tables; null: tables.</param>
    public static int Run(string[] arguments, Figures? figures)
    {
        var report = new KernelReport(figures);

        // In this process: our own loader must have loaded libtorch before TorchSharp looks for it, and a program that BenchmarkDotNet builds would
        // want a copy of it, which has 490 MB. Short, for there are many: all of them take three minutes.
        var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(2).WithIterationCount(6)
            .WithIterationTime(TimeInterval.FromMilliseconds(100)).WithUnrollFactor(1).WithEvaluateOverhead(false).AsDefault();
        var config = ManualConfig.CreateEmpty().AddJob(job).AddColumnProvider(DefaultColumnProviders.Instance).AddValidator(JitOptimizationsValidator.FailOnError)
            .AddExporter(MarkdownExporter.GitHub).AddLogger(report).AddEventProcessor(report).WithArtifactsPath(Path.Combine(Path.GetTempPath(), "attune-kernels"));
        string[] all = arguments.Any(argument => argument is "-f" or "--filter") ? [] : ["--filter", "*"];
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(KernelsBenchmark).Assembly).Run([.. arguments, .. all], config).ToList();
        if (summaries.Find(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(one => !one.Success)) is { } failed)
        {
            Console.Error.WriteLine($"Not all was measured; {failed.LogFilePath} says why.");
            return 1;
        }

        // What BenchmarkDotNet did not understand it has said, but returns nothing then, as it does for --help.
        bool isUnderstood = arguments.Any(argument => argument is "--help" or "--version") || ConfigParser.Parse(arguments, NullLogger.Instance, config).isSuccess;
        return (int)(isUnderstood && !report.IsRefused ? ExitCode.Done : ExitCode.Usage);
    }
}
