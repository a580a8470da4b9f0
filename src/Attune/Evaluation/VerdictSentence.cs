namespace Attune.Evaluation;

/// <summary>What a run came to, in one or two plain sentences that claim no more than was measured.</summary>
internal static class VerdictSentence
{
    /// <summary>The sentences of a report.</summary>
    public static string Of(Report report) => OnHeldOut(report) + " " + OnGeneral(report);

    private static string OnHeldOut(Report report)
    {
        if (report.HeldOut is not { } found)
        {
            return "No rows were held out, so nothing can be said about whether the model is better.";
        }

        string rows = Figures.Count(found.Rows, "held-out row", "held-out rows"), numbers = FromTo(found.Perplexity);
        return found.Verdict switch
        {
            Verdict.Better => $"Better on {rows}: perplexity {numbers}, {Relative(found.Perplexity)} lower {Interval(found.Perplexity)}.",
            Verdict.Worse => $"Worse on {rows}: perplexity {numbers}, {Relative(found.Perplexity)} higher {Interval(found.Perplexity)}.",
            Verdict.NoClearDifference => $"No clear difference on {rows}: perplexity {numbers}, and the interval includes zero {Interval(found.Perplexity)}.",
            Verdict.TooFewRows => $"Perplexity went {numbers} on {rows}, too few to say whether the model is better.",
            _ => $"Perplexity went {numbers} on {rows}; no interval was computed, so chance is not ruled out.",
        };
    }

    private static string OnGeneral(Report report)
    {
        if (report.General is not { } found)
        {
            return "What was forgotten was not measured.";
        }

        string numbers = FromTo(found.Perplexity);
        return found.Verdict switch
        {
            Verdict.Better => $"On general text it did not get worse: perplexity {numbers}.",
            Verdict.Worse => $"On general text it got worse, so something was forgotten: perplexity {numbers}, {Relative(found.Perplexity)} higher.",
            Verdict.NoClearDifference => $"On general text there is no clear difference: perplexity {numbers}.",
            _ => $"On general text perplexity went {numbers}, and whether that is more than chance was not judged.",
        };
    }

    private static string FromTo(Change change) => $"from {Figures.Plain(change.Before)} to {Figures.Plain(change.After)}";

    private static string Relative(Change change) => Figures.Percent(Math.Abs(change.Difference) / change.Before);

    private static string Interval(Change change) => change is { Low: double low, High: double high }
        ? $"(95 % interval of the difference {Figures.Signed(low, change.Before)} to {Figures.Signed(high, change.Before)})" : "";
}
