namespace Attune.Evaluation;

/// <summary>What a report cannot say, told from what it holds.</summary>
internal static class ReportLimits
{
    private const int FewRows = 50;

    /// <summary>The sentences.</summary>
    public static IEnumerable<string> Of(Report report)
    {
        if (report.Labels is { } labels)
        {
            foreach (string limit in OfLabels(report, labels))
            {
                yield return limit;
            }

            yield break;
        }

        yield return "Perplexity says how well the model predicts the replies in the data. It does not say whether its own replies are true, safe or helpful: read samples, and let people judge.";
        if (report.HeldOut is { } found)
        {
            yield return "The interval covers the choice of rows, for rows like these. It does not cover another seed, other hyperparameters, or data of another kind.";
            if (found.Rows < FewRows)
            {
                yield return $"{Figures.Count(found.Rows, "row is", "rows are")} few: an interval from so little is rough.";
            }

            if (report.Data.ChosenByHeldOut)
            {
                yield return "The kept checkpoint was chosen by the same rows that the table is about, which flatters it a little; rows of a test split would not.";
            }
        }

        yield return report.General is null
            ? "Nothing was measured on general text, so what the model forgot is unknown (recipe: evaluate.forgetting)."
            : "The general text is short, and its windows are neighbours in one text: it shows what was forgotten of plain language, not of knowledge or skills.";
        if (report.Samples.Count > 0)
        {
            yield return "The sample replies are greedy and evenly spread over the held-out rows, not picked; a few of them prove nothing.";
        }

        yield return "Perplexities of models with different tokenizers do not compare.";
    }

    private static IEnumerable<string> OfLabels(Report report, LabelComparison found)
    {
        yield return "Accuracy counts how often the label of the data was given. It does not say whether those labels are right, nor what a mistake costs.";
        yield return "The interval covers the choice of rows, for rows like these. It does not cover another seed, other hyperparameters, or data of another kind.";
        yield return "A classifier that began anew says nothing before the training: the label that most rows have is what there is to beat.";
        if (found.Rows < FewRows)
        {
            yield return $"{Figures.Count(found.Rows, "row is", "rows are")} few: an interval from so little is rough.";
        }

        if (report.Data.ChosenByHeldOut)
        {
            yield return "The kept checkpoint was chosen by the same rows that the table is about, which flatters it a little; rows of a test split would not.";
        }
    }
}
