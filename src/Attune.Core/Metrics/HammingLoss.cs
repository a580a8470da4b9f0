namespace Attune.Metrics;

/// <summary>The share of all flags, over rows and labels, that are wrong (scikit-learn's <c>hamming_loss</c>).</summary>
public static class HammingLoss
{
    /// <summary>From 0 (all right) to 1.</summary>
    /// <param name="labels">Which labels each row has: one list a row, one flag a label.</param>
    /// <param name="predictions">Which labels each row was given.</param>
    /// <exception cref="ArgumentException">The tables are empty, ragged or of different shapes.</exception>
    public static double Of(IReadOnlyList<IReadOnlyList<bool>> labels, IReadOnlyList<IReadOnlyList<bool>> predictions)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(predictions);
        int columns = Rows.SameTable(labels, predictions);
        long wrong = labels.Zip(predictions).Sum(row => (long)row.First.Zip(row.Second).Count(flag => flag.First != flag.Second));
        return wrong / ((double)columns * labels.Count);
    }

    [Metric("multilabel_hamming_loss")]
    private static double Verify(MetricArguments arguments) => Of(arguments.FlagRows("labels"), arguments.FlagRows("predictions"));
}
