namespace Attune.Metrics;

/// <summary>Precision and recall at each threshold (scikit-learn's <c>precision_recall_curve</c>).</summary>
public sealed class PrecisionRecallCurve
{
    private PrecisionRecallCurve(double[] precision, double[] recall, double[] thresholds)
    {
        Precision = precision;
        Recall = recall;
        Thresholds = thresholds;
    }

    /// <summary>The share of rows at or above each threshold that are positive; at last 1, which has no threshold.</summary>
    public IReadOnlyList<double> Precision { get; }

    /// <summary>The share of positive rows at or above each threshold (1 where there is none), falling; at last 0, which has no threshold.</summary>
    public IReadOnlyList<double> Recall { get; }

    /// <summary>The scores that occur, rising.</summary>
    public IReadOnlyList<double> Thresholds { get; }

    /// <summary>The curve of rows.</summary>
    /// <param name="labels">Whether each row is positive.</param>
    /// <param name="scores">The higher, the more likely positive.</param>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths, or a score is not finite.</exception>
    public static PrecisionRecallCurve Of(IReadOnlyList<bool> labels, IReadOnlyList<double> scores)
    {
        var counts = ThresholdCounts.Of(labels, scores);
        double all = counts.Positives[^1];
        return new(
            [.. counts.Positives.Zip(counts.Negatives, (right, wrong) => right / (right + wrong)).Reverse(), 1],
            [.. counts.Positives.Select(right => all == 0 ? 1 : right / all).Reverse(), 0],
            [.. counts.Thresholds.Reverse()]);
    }

    [Metric("precision_recall_curve")]
    private static PrecisionRecallCurve Verify(MetricArguments arguments) => Of(arguments.Flags("labels"), arguments.Numbers("scores"));
}
