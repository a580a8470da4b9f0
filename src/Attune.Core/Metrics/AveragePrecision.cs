namespace Attune.Metrics;

/// <summary>Precision over the thresholds, each weighed by the recall that it adds (scikit-learn's <c>average_precision_score</c>).</summary>
public static class AveragePrecision
{
    /// <summary>From 0 to 1; 0 where no row is positive.</summary>
    /// <param name="labels">Whether each row is positive.</param>
    /// <param name="scores">The higher, the more likely positive.</param>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths, or a score is not finite.</exception>
    public static double Of(IReadOnlyList<bool> labels, IReadOnlyList<double> scores)
    {
        PrecisionRecallCurve curve = PrecisionRecallCurve.Of(labels, scores);
        return Enumerable.Range(0, curve.Thresholds.Count).Sum(i => (curve.Recall[i] - curve.Recall[i + 1]) * curve.Precision[i]);
    }

    /// <summary>The figure over several labels a row as one: one list a row, one entry a label.</summary>
    /// <exception cref="ArgumentException">The tables are empty, ragged or of different shapes, or the average is binary.</exception>
    public static double Of(IReadOnlyList<IReadOnlyList<bool>> labels, IReadOnlyList<IReadOnlyList<double>> scores, Average average) =>
        BinaryAverage.Of(labels, scores, average, Of);

    /// <summary>Each class against all others.</summary>
    /// <param name="labels">The class of each row, from 0.</param>
    /// <param name="scores">One list a row, one score a class.</param>
    /// <param name="average">How the classes' figures become one.</param>
    /// <exception cref="ArgumentException">The lists do not fit each other, or a class has no score.</exception>
    public static double OneAgainstRest(IReadOnlyList<int> labels, IReadOnlyList<IReadOnlyList<double>> scores, Average average)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(scores);
        Rows.Same(labels.Count, scores.Count);
        return Of(BinaryAverage.OneOfMany(labels, scores[0].Count), scores, average);
    }

    [Metric("average_precision")]
    private static double Verify(MetricArguments arguments) => arguments.Has("average")
        ? OneAgainstRest(arguments.Integers("labels"), arguments.Rows("scores"), arguments.Choice("average", Average.Macro))
        : Of(arguments.Flags("labels"), arguments.Numbers("scores"));

    [Metric("multilabel_average_precision")]
    private static double VerifyMultilabel(MetricArguments arguments) =>
        Of(arguments.FlagRows("labels"), arguments.Rows("scores"), arguments.Choice("average", Average.Macro));
}
