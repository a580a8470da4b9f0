using System.Globalization;
using System.Text;
using Attune.Native;

namespace Attune.Benchmarks.Peers;

/// <summary>The results for people, as a Markdown table, with the machine's description.</summary>
internal static class PeersTable
{
    private static readonly string[] Heads = ["pair", "ours", "theirs", "unit", "ratio", "must", "aim", "", "share of peak", "peak MiB", "first step s"];

    public static string Of(IReadOnlyList<PairResult> results, IReadOnlyDictionary<string, List<Measured>> runs, PeersOptions options, IReadOnlyDictionary<string, double> peaks)
    {
        List<string[]> rows = [Heads, .. results.Select(Cells)];
        int[] widths = [.. Heads.Select((_, column) => rows.Max(row => row[column].Length))];
        var text = new StringBuilder();
        for (int i = 0; i < rows.Count; i++)
        {
            text.Append("| ").AppendJoin(" | ", rows[i].Select((cell, column) => cell.PadRight(widths[column]))).AppendLine(" |");
            if (i == 0)
            {
                text.Append("| ").AppendJoin(" | ", widths.Select(width => new string('-', Math.Max(3, width)))).AppendLine(" |");
            }
        }

        text.AppendLine();
        foreach (var note in results.Where(result => result.Note is not null).GroupBy(result => result.Note))
        {
            text.AppendLine($"{string.Join(", ", note.Select(result => result.Pair.Name))}: {note.Key}");
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyy-MM-dd}; {ProcessorName}, {Environment.ProcessorCount} cores ({string.Join(", ", Processor.InstructionSets)}{(Processor.HasBFloat16 ? "" : "; no bfloat16")}), {options.Threads} threads a side; load at the end {Figures.Load}");
        text.AppendLine($"matrix products: {string.Join(", ", peaks.Select(peak => string.Create(CultureInfo.InvariantCulture, $"{peak.Value:F0} GFLOP/s in {peak.Key}")))}, the largest seen in this go; medians of {string.Join(" to ", runs.Values.Select(list => list.Count).Distinct().Order())} runs");
        return text.ToString();
    }

    private static string[] Cells(PairResult result) =>
    [
        result.Pair.Name,
        Number(result.Ours),
        Number(result.Theirs),
        result.Pair.Unit,
        Number(result.Ratio),
        (result.Pair.LowerIsBetter ? "<= " : ">= ") + Number(result.Must),
        Number(result.Aim),
        result.Ratio is null ? "not shown" : result.ReachesAim ? "aim" : result.Holds ? "holds" : "FAILS",
        Both(result.ShareOfPeak, result.TheirShareOfPeak),
        Both(result.PeakRssMb, result.TheirPeakRssMb),
        Both(result.FirstStepSeconds, result.TheirFirstStepSeconds),
    ];

    private static string Both(double? ours, double? theirs) => ours is null && theirs is null ? "" : $"{Number(ours)} / {Number(theirs)}";

    private static string Number(double? value) => value is not double number ? "–"
        : number.ToString(Math.Abs(number) >= 100 ? "F0" : Math.Abs(number) >= 10 ? "F1" : "F2", CultureInfo.InvariantCulture);

    private static string ProcessorName => File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown processor" : "unknown processor";
}
