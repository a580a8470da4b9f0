using Attune.Tasks;

namespace Attune.Evaluation;

/// <summary>How to go on after a run: commands to type.</summary>
internal static class NextCommands
{
    /// <summary>What each does, and the command.</summary>
    public static IEnumerable<ReportFact> Of(Report report)
    {
        string folder = Quote(report.Folder);
        switch (report.Task ?? (report.After.Predictions is null ? "chat" : TextClassification.Name))
        {
            case TextClassification.Name:
                yield return new("Label a file of texts", $"attune predict {folder} texts.jsonl");
                break;
            case "chat":
                yield return new("Talk to it", $"attune chat {folder}");
                yield return new("Talk to it and to the pretrained model side by side", $"attune chat {folder} --compare");
                break;
            case "text":
                yield return new("Let it go on from a text", $"attune generate {folder} --raw \"Once upon a time\"");
                break;
        }

        bool measured = report.Data.HeldOut is not null || report.Data.General is not null;
        yield return measured ? new("Measure it again", $"attune evaluate {folder}") : new("Measure it on rows that it has not seen", $"attune evaluate {folder} --data test.jsonl");
        if (report.Method.IsAdapter)
        {
            yield return new("Fold the adapter into a model of its own, in Hugging Face's layout", $"attune merge {folder} {Quote(report.Folder.TrimEnd('/', '\\') + "-merged")}");
        }
    }

    private static string Quote(string path) => path.All(c => char.IsAsciiLetterOrDigit(c) || "/\\._-:".Contains(c, StringComparison.Ordinal)) && path.Length > 0
        ? path : "\"" + path.Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
