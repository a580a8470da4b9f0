namespace Attune.Evaluation;

/// <summary>What a run came to, in one or two plain sentences that claim no more than was measured.</summary>
internal static class VerdictSentence
{
    /// <summary>The sentences of a report.</summary>
    public static string Of(Report report) => report.Labels is { } labels ? OnLabels(labels) : OnHeldOut(report) + " " + OnGeneral(report);

    private static string OnLabels(LabelComparison found)
    {
        string rows = Figures.Count(found.Rows, "held-out row", "held-out rows"), numbers = $"from {Share(found.Accuracy.Before)} to {Share(found.Accuracy.After)}";
        string majority = $"Saying “{found.Majority}” of every row would be right for {Share(found.MajorityAccuracy)}"
            + (found.Accuracy.After > found.MajorityAccuracy ? "." : ": the model is no better than that.");
        return found.Verdict switch
        {
            Verdict.Better => $"Better on {rows}: accuracy went {numbers}, which is more than chance. {majority}",
            Verdict.Worse => $"Worse on {rows}: accuracy went {numbers}, which is more than chance. {majority}",
            Verdict.NoClearDifference => $"No clear difference on {rows}: accuracy went {numbers}, and the 95 % interval of the change includes zero. {majority}",
            Verdict.TooFewRows => $"Accuracy went {numbers} on {rows}, too few to say whether the model is better. {majority}",
            _ => $"Accuracy went {numbers} on {rows}; no interval was computed, so chance is not ruled out. {majority}",
        };
    }

    // A tenth of a percent is one row of a thousand.
    private static string Share(double share) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{100 * share:0.0} %");

    private static string OnHeldOut(Report report)
    {
        if (report.HeldOut is not { } found)
        {
            return "No rows were held out, so nothing can be said about whether the model is better.";
        }

        string rows = Figures.Count(found.Rows, "held-out row", "held-out rows"), numbers = $"from {Figures.Plain(found.Perplexity.Before)} to {Figures.Plain(found.Perplexity.After)}";
        return found.Verdict switch
        {
            Verdict.Better => $"Better on {rows}: perplexity went {numbers}, {Relative(found.Perplexity)} lower, which is more than chance.",
            Verdict.Worse => $"Worse on {rows}: perplexity went {numbers}, {Relative(found.Perplexity)} higher, which is more than chance.",
            Verdict.NoClearDifference => $"No clear difference on {rows}: perplexity went {numbers}, and the 95 % interval of the change includes zero.",
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

        return found.Verdict switch
        {
            Verdict.Better => "On general text it did not get worse.",
            Verdict.Worse => $"On general text it got worse, by {Relative(found.Perplexity)}: something was forgotten.",
            Verdict.NoClearDifference => "On general text there is no clear difference.",
            _ => $"On general text perplexity is {Relative(found.Perplexity)} {(found.Perplexity.Difference > 0 ? "higher" : "lower")}; whether that is more than chance was not judged.",
        };
    }

    private static string Relative(Change change) => Figures.Percent(Math.Abs(change.Difference) / change.Before);
}
