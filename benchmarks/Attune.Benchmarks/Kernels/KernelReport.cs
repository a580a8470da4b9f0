using System.Globalization;
using BenchmarkDotNet.EventProcessors;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Attune.Benchmarks.Kernels;

/// <summary>
/// Says what BenchmarkDotNet measured, a class at a time as soon as it is done: its table, or with <c>--json</c> one object for each benchmark beside
/// its baseline. Of its own log only what comes before the benchmarks (<c>--list</c>, <c>--help</c>, a filter that fits nothing) and errors.
/// </summary>
internal sealed class KernelReport(Figures? figures) : EventProcessor, ILogger
{
    private const double NanosecondsASecond = 1e9;

    private readonly ILogger console = figures is null ? ConsoleLogger.Default : new StreamLogger(new StreamWriter(Console.OpenStandardError()) { AutoFlush = true });
    private bool isRunning;

    /// <summary>Whether BenchmarkDotNet found fault with what it was asked.</summary>
    public bool IsRefused { get; private set; }

    /// <inheritdoc/>
    public string Id => nameof(KernelReport);

    /// <inheritdoc/>
    public int Priority => 0;

    /// <inheritdoc/>
    public override void OnStartValidationStage() => isRunning = true;

    /// <inheritdoc/>
    public override void OnEndRunBenchmarksInType(Type type, Summary summary)
    {
        if (figures is null)
        {
            console.WriteLineHeader(type.Name);
            MarkdownExporter.Console.ExportToLog(summary, console);
            console.WriteLine();
            return;
        }

        foreach (var report in summary.Reports.Where(report => !summary.IsBaseline(report.BenchmarkCase)))
        {
            if (report.ResultStatistics is not { } ours)
            {
                continue;
            }

            // Null: a filter left it out, or it failed.
            string? group = summary.GetLogicalGroupKey(report.BenchmarkCase);
            var theirs = summary.Reports.FirstOrDefault(other => summary.IsBaseline(other.BenchmarkCase) && summary.GetLogicalGroupKey(other.BenchmarkCase) == group)?.ResultStatistics;
            double seconds = ours.Mean / NanosecondsASecond, load = Figures.Load;
            double? referenceSeconds = theirs?.Mean / NanosecondsASecond, ratio = referenceSeconds / seconds;
            string method = report.BenchmarkCase.Descriptor.WorkloadMethod.Name;
            var parameters = report.BenchmarkCase.Parameters.Items.ToDictionary(item => item.Name.ToLowerInvariant(), item => item.Value is Enum name ? name.ToString() : item.Value);
            figures.Say($"{type.Name}.{method}: ratio {ratio:F2}",
                new { benchmark = "kernels", kernel = type.Name, method, parameters, seconds, reference_seconds = referenceSeconds, ratio, load });
        }
    }

    /// <inheritdoc/>
    public void Write(LogKind logKind, string text)
    {
        IsRefused |= !isRunning && logKind == LogKind.Error;
        if (!isRunning || logKind == LogKind.Error)
        {
            console.Write(logKind, text);
        }
    }

    /// <inheritdoc/>
    public void WriteLine(LogKind logKind, string text)
    {
        IsRefused |= !isRunning && logKind == LogKind.Error;
        if (!isRunning || logKind == LogKind.Error)
        {
            console.WriteLine(logKind, text);
        }
    }

    /// <inheritdoc/>
    public void WriteLine()
    {
        if (!isRunning)
        {
            console.WriteLine();
        }
    }

    /// <inheritdoc/>
    public void Flush() => console.Flush();
}
