namespace Attune.Metrics;

/// <summary>The share of rows whose class is among those of the highest scores (scikit-learn's <c>top_k_accuracy_score</c>).</summary>
public static class TopKAccuracy
{
    /// <summary>From 0 to 1.</summary>
    /// <param name="labels">The class of each row, from 0.</param>
    /// <param name="scores">One list a row, one score a class; of equal scores that of the higher class counts as the higher.</param>
    /// <param name="k">How many of the highest count, at least 1.</param>
    /// <exception cref="ArgumentException">The lists do not fit each other, a class has no score, or k is below 1.</exception>
    public static double Of(IReadOnlyList<int> labels, IReadOnlyList<IReadOnlyList<double>> scores, int k)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        Rows.Same(labels.Count, scores.Count);
        return labels.Zip(scores).Count(row => Place(row.First, row.Second) < k) / (double)labels.Count;
    }

    private static int Place(int label, IReadOnlyList<double> scores)
    {
        if (label < 0 || label >= scores.Count)
        {
            throw new ArgumentException($"There is no score for class {label}: a row has {scores.Count}.", nameof(label));
        }

        double own = scores[label];
        return Enumerable.Range(0, scores.Count).Count(other => scores[other] > own || (scores[other] == own && other > label));
    }

    [Metric("top_k_accuracy")]
    private static double Verify(MetricArguments arguments) => Of(arguments.Integers("labels"), arguments.Rows("scores"), arguments.Integer("k", 2));
}
