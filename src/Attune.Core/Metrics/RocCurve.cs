namespace Attune.Metrics;

/// <summary>
/// The receiver operating characteristic: what share of either class is above each threshold (scikit-learn's <c>roc_curve</c>, no point left out).
/// </summary>
public sealed class RocCurve
{
    private RocCurve(double[] falsePositiveRates, double[] truePositiveRates, double[] thresholds)
    {
        FalsePositiveRates = falsePositiveRates;
        TruePositiveRates = truePositiveRates;
        Thresholds = thresholds;
    }

    /// <summary>The share of negative rows at or above each threshold, rising from 0 to 1; NaN where there is no negative row.</summary>
    public IReadOnlyList<double> FalsePositiveRates { get; }

    /// <summary>The share of positive rows at or above each threshold, rising from 0 to 1; NaN where there is no positive row.</summary>
    public IReadOnlyList<double> TruePositiveRates { get; }

    /// <summary>Infinity, then the scores that occur, falling.</summary>
    public IReadOnlyList<double> Thresholds { get; }

    /// <summary>The curve of rows.</summary>
    /// <param name="labels">Whether each row is positive.</param>
    /// <param name="scores">The higher, the more likely positive.</param>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths, or a score is not finite.</exception>
    public static RocCurve Of(IReadOnlyList<bool> labels, IReadOnlyList<double> scores)
    {
        var counts = ThresholdCounts.Of(labels, scores);
        return new(Shares(counts.Negatives), Shares(counts.Positives), [double.PositiveInfinity, .. counts.Thresholds]);
    }

    /// <summary>The area under the curve, by trapezoids; NaN where there is a single class.</summary>
    public double Area => Enumerable.Range(1, Thresholds.Count - 1).Sum(i => Trapezoid(i, FalsePositiveRates[i], TruePositiveRates[i]));

    /// <summary>The area up to a false positive rate, brought to 0.5 for chance and 1 for the best (McClish 1989).</summary>
    /// <param name="largest">That rate, above 0 and at most 1.</param>
    public double PartialArea(double largest)
    {
        if (!(largest is > 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(largest), largest, "The largest false positive rate must be above 0 and at most 1.");
        }

        double area = 0;
        for (int i = 1; i < Thresholds.Count; i++)
        {
            (double left, double right) = (FalsePositiveRates[i - 1], FalsePositiveRates[i]);
            if (left >= largest && right > largest)
            {
                break;
            }

            double end = Math.Min(right, largest);
            double share = right == left ? 1 : (end - left) / (right - left);
            area += Trapezoid(i, end, TruePositiveRates[i - 1] + (share * (TruePositiveRates[i] - TruePositiveRates[i - 1])));
        }

        double chance = 0.5 * largest * largest;
        return double.IsNaN(Area) ? double.NaN : 0.5 * (1 + ((area - chance) / (largest - chance)));
    }

    private double Trapezoid(int end, double rate, double height) =>
        (rate - FalsePositiveRates[end - 1]) * (height + TruePositiveRates[end - 1]) / 2;

    private static double[] Shares(double[] counts) => [counts[^1] == 0 ? double.NaN : 0, .. counts.Select(count => count / counts[^1])];

    [Metric("roc_curve")]
    private static object Verify(MetricArguments arguments)
    {
        RocCurve curve = Of(arguments.Flags("labels"), arguments.Numbers("scores"));
        return new { Fpr = curve.FalsePositiveRates, Tpr = curve.TruePositiveRates, curve.Thresholds };
    }
}
