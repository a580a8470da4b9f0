namespace Attune.Metrics;

/// <summary>The figures of one label, or of several together; each from 0 to 1.</summary>
/// <param name="Precision">The share of what was predicted that was right.</param>
/// <param name="Recall">The share of what was expected that was found.</param>
/// <param name="F1">Their harmonic mean; F-beta where another beta than 1 was asked for.</param>
public readonly record struct PrecisionRecallF1(double Precision, double Recall, double F1)
{
    /// <summary>The figures of several labels as one, as scikit-learn's <c>precision_recall_fscore_support</c> averages them.</summary>
    /// <param name="counts">Each label's counts (each row's, to average over rows).</param>
    /// <param name="average">How they become one; <see cref="Average.Binary"/> takes a single label's.</param>
    /// <param name="zeroDivision">What a figure is whose denominator is 0.</param>
    /// <param name="beta">How many times as much recall counts as precision.</param>
    /// <returns>The figures; NaN where there is no label to take the mean of.</returns>
    public static PrecisionRecallF1 Of(IReadOnlyCollection<LabelCounts> counts, Average average, double zeroDivision = 0, double beta = 1)
    {
        ArgumentNullException.ThrowIfNull(counts);
        if (average is Average.Micro or Average.Binary)
        {
            return counts.Aggregate(default(LabelCounts), LabelCounts.Add).Scores(zeroDivision, beta);
        }

        bool isWeighted = average == Average.Weighted && counts.Any(label => label.Expected > 0);
        double precision = 0;
        double recall = 0;
        double f = 0;
        double all = 0;
        foreach (LabelCounts label in counts)
        {
            double weight = isWeighted ? label.Expected : 1;
            PrecisionRecallF1 one = label.Scores(zeroDivision, beta);
            precision += weight * one.Precision;
            recall += weight * one.Recall;
            f += weight * one.F1;
            all += weight;
        }

        return new(precision / all, recall / all, f / all);
    }
}
