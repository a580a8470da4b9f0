namespace Attune.Evaluation;

/// <summary>How to go on after a run: commands to type.</summary>
internal static class NextCommands
{
    /// <summary>What each does, and the command.</summary>
    public static IEnumerable<ReportFact> Of(Report report)
    {
        string folder = Quote(report.Folder);
        if (report.Before.Predictions is not null || report.After.Predictions is not null)
        {
            yield return new("Label a file of texts", $"attune predict {folder} texts.jsonl");
        }
        else
        {
            yield return new("Talk to it", $"attune chat {folder}");
            yield return new("Talk to it and to the pretrained model side by side", $"attune chat {folder} --compare");
        }

        yield return new("Measure it again", $"attune evaluate {folder}");
        if (report.Method.IsAdapter)
        {
            yield return new("Fold the adapter into a model of its own, in Hugging Face's layout", $"attune merge {folder} {Quote(report.Folder.TrimEnd('/', '\\') + "-merged")}");
        }
    }

    private static string Quote(string path) => path.All(c => char.IsAsciiLetterOrDigit(c) || "/\\._-:".Contains(c, StringComparison.Ordinal)) && path.Length > 0
        ? path : "\"" + path.Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
