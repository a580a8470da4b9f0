using Attune.Evaluation;

namespace Attune.Cli.Terminal;

/// <summary>A verdict in a word or two, in its colour.</summary>
internal static class VerdictMark
{
    /// <summary>The markup.</summary>
    public static string Of(Verdict verdict) => verdict switch
    {
        Verdict.Better => "[green]better[/]",
        Verdict.Worse => "[red]worse[/]",
        Verdict.TooFewRows => "[yellow]too few rows to judge[/]",
        Verdict.NotJudged => "[yellow]not judged[/]",
        _ => "[yellow]no clear difference[/]",
    };
}
