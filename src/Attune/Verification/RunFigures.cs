using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Attune.Formats;

namespace Attune.Verification;

/// <summary>
/// What two runs of one plan must have in common to the last bit: the tensors that they leave, and every figure of the report that is no
/// time, no memory and no name.
/// </summary>
internal static class RunFigures
{
    private static readonly string[] Parts = ["adapter", "model", "checkpoints"];
    private static readonly string[] Measured = ["held_out", "general", "replies"];
    private static readonly string[] Curves = ["train_loss", "validation_loss", "learning_rate", "grad_norm"];
    private static readonly string[] Costs = ["steps", "kept_step", "tokens", "trained_tokens"];

    /// <summary>Reads a finished run: a name and a hash or a figure for each.</summary>
    /// <param name="folder">The run folder.</param>
    /// <exception cref="AttuneException">The run is not finished, or a file cannot be read.</exception>
    public static SortedDictionary<string, string> Of(string folder)
    {
        var figures = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string part in Parts.Select(part => Path.Combine(folder, part)).Where(Directory.Exists))
        {
            // The state of a checkpoint tells how long the log is, and the log has times in it.
            foreach (string file in Directory.EnumerateFiles(part, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "state.json"))
            {
                using var stream = File.OpenRead(file);
                figures[Path.GetRelativePath(folder, file)] = Convert.ToHexStringLower(SHA256.HashData(stream));
            }
        }

        string path = Path.Combine(folder, "report.json");
        if (!File.Exists(path))
        {
            throw new AttuneException(ExitCode.MissingInput, path, "there is no report: the run is not finished", $"go on with `attune resume {folder}`");
        }

        var report = JsonNode.Parse(BoundedJson.ReadFile(path))!.AsObject();
        Take(figures, report, "before", Measured);
        Take(figures, report, "after", Measured);
        Take(figures, report, "curves", Curves);
        Take(figures, report, "cost", Costs);
        figures["samples"] = report["samples"]?.ToJsonString() ?? "";
        return figures;
    }

    /// <summary>The names under which two runs differ.</summary>
    public static IReadOnlyList<string> Differences(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        [.. one.Keys.Union(other.Keys).Where(name => one.GetValueOrDefault(name) != other.GetValueOrDefault(name)).Order(StringComparer.Ordinal)];

    private static void Take(SortedDictionary<string, string> figures, JsonObject report, string section, string[] names)
    {
        foreach (string name in names)
        {
            figures[$"{section}.{name}"] = report[section]?[name]?.ToJsonString() ?? "";
        }
    }
}
