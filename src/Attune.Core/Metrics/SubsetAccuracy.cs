namespace Attune.Metrics;

/// <summary>The share of rows all of whose labels are right (scikit-learn's <c>accuracy_score</c> of several labels a row).</summary>
public static class SubsetAccuracy
{
    /// <summary>From 0 to 1.</summary>
    /// <param name="labels">Which labels each row has: one list a row, one flag a label.</param>
    /// <param name="predictions">Which labels each row was given.</param>
    /// <exception cref="ArgumentException">The tables are empty, ragged or of different shapes.</exception>
    public static double Of(IReadOnlyList<IReadOnlyList<bool>> labels, IReadOnlyList<IReadOnlyList<bool>> predictions)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(predictions);
        Rows.SameTable(labels, predictions);
        return labels.Zip(predictions).Count(row => row.First.SequenceEqual(row.Second)) / (double)labels.Count;
    }

    [Metric("multilabel_subset_accuracy")]
    private static double Verify(MetricArguments arguments) => Of(arguments.FlagRows("labels"), arguments.FlagRows("predictions"));
}
