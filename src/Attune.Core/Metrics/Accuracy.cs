namespace Attune.Metrics;

/// <summary>The share of rows that were given their own class (scikit-learn's <c>accuracy_score</c>).</summary>
public static class Accuracy
{
    /// <summary>The share of rows whose prediction is their label, from 0 to 1.</summary>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths.</exception>
    public static double Of<T>(IReadOnlyList<T> labels, IReadOnlyList<T> predictions)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(predictions);
        Rows.Same(labels.Count, predictions.Count);
        return labels.Zip(predictions).Count(row => EqualityComparer<T>.Default.Equals(row.First, row.Second)) / (double)labels.Count;
    }

    [Metric("accuracy")]
    private static double Verify(MetricArguments arguments) => Of(arguments.Integers("labels"), arguments.Integers("predictions"));
}
