namespace Attune.Metrics;

/// <summary>
/// Precision, recall, F-beta and Jaccard of rows that may have several labels (scikit-learn's <c>precision_recall_fscore_support</c> and
/// <c>jaccard_score</c>). Tables have one list a row, one flag a label.
/// </summary>
public static class MultilabelScores
{
    /// <summary>The figures over labels, or over rows, as one.</summary>
    /// <param name="labels">Which labels each row has; at least one row.</param>
    /// <param name="predictions">Which labels each row was given.</param>
    /// <param name="average">How they become one; every one but <see cref="Average.Binary"/>.</param>
    /// <param name="zeroDivision">What a figure is whose denominator is 0.</param>
    /// <param name="beta">How many times as much recall counts as precision.</param>
    /// <exception cref="ArgumentException">The tables are empty, ragged or of different shapes, or the average is binary.</exception>
    public static PrecisionRecallF1 Of(
        IReadOnlyList<IReadOnlyList<bool>> labels,
        IReadOnlyList<IReadOnlyList<bool>> predictions,
        Average average,
        double zeroDivision = 0,
        double beta = 1) =>
        PrecisionRecallF1.Of(Counts(labels, predictions, average), average, zeroDivision, beta);

    /// <summary>The figures of each label.</summary>
    /// <exception cref="ArgumentException">The tables are empty, ragged or of different shapes.</exception>
    public static IReadOnlyList<PrecisionRecallF1> PerLabel(
        IReadOnlyList<IReadOnlyList<bool>> labels, IReadOnlyList<IReadOnlyList<bool>> predictions, double zeroDivision = 0, double beta = 1) =>
        [.. Counts(labels, predictions).Select(label => label.Scores(zeroDivision, beta))];

    /// <summary>The size of the intersection of what is expected and predicted by that of the union, from 0 to 1.</summary>
    /// <exception cref="ArgumentException">The tables are empty, ragged or of different shapes, or the average is binary.</exception>
    public static double Jaccard(
        IReadOnlyList<IReadOnlyList<bool>> labels, IReadOnlyList<IReadOnlyList<bool>> predictions, Average average, double zeroDivision = 0)
    {
        IReadOnlyList<LabelCounts> counts = Counts(labels, predictions, average);
        if (average == Average.Micro)
        {
            return counts.Aggregate(LabelCounts.Add).Jaccard(zeroDivision);
        }

        bool isWeighted = average == Average.Weighted && counts.Any(label => label.Expected > 0);
        double all = isWeighted ? counts.Sum(label => label.Expected) : counts.Count;
        return counts.Sum(label => (isWeighted ? label.Expected : 1) * label.Jaccard(zeroDivision)) / all;
    }

    /// <summary>The counts of each label.</summary>
    /// <exception cref="ArgumentException">The tables are empty, ragged or of different shapes.</exception>
    public static IReadOnlyList<LabelCounts> Counts(IReadOnlyList<IReadOnlyList<bool>> labels, IReadOnlyList<IReadOnlyList<bool>> predictions)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(predictions);
        int columns = Rows.SameTable(labels, predictions);
        return [.. Enumerable.Range(0, columns).Select(column => Count(labels.Select(row => row[column]), predictions.Select(row => row[column])))];
    }

    private static IReadOnlyList<LabelCounts> Counts(
        IReadOnlyList<IReadOnlyList<bool>> labels, IReadOnlyList<IReadOnlyList<bool>> predictions, Average average)
    {
        if (average == Average.Binary)
        {
            throw new ArgumentException("Rows of several labels have no binary average.", nameof(average));
        }

        IReadOnlyList<LabelCounts> counts = Counts(labels, predictions);
        return average == Average.Samples ? [.. labels.Zip(predictions).Select(row => Count(row.First, row.Second))] : counts;
    }

    private static LabelCounts Count(IEnumerable<bool> expected, IEnumerable<bool> predicted) => expected.Zip(predicted)
        .Select(one => new LabelCounts(one.First && one.Second ? 1 : 0, one.Second ? 1 : 0, one.First ? 1 : 0)).Aggregate(LabelCounts.Add);

    [Metric("multilabel_precision_recall_f1")]
    private static object Verify(MetricArguments arguments)
    {
        (bool[][] labels, bool[][] predictions) = (arguments.FlagRows("labels"), arguments.FlagRows("predictions"));
        double zero = arguments.Number("zero_division", 0);
        return arguments.Has("average")
            ? Of(labels, predictions, arguments.Choice("average", Average.Micro), zero)
            : ClassScores.Shown(Counts(labels, predictions), zero);
    }

    [Metric("multilabel_jaccard")]
    private static double VerifyJaccard(MetricArguments arguments) => Jaccard(
        arguments.FlagRows("labels"),
        arguments.FlagRows("predictions"),
        arguments.Choice("average", Average.Samples),
        arguments.Number("zero_division", 0));

    [Metric("multilabel_multilabel_confusion_matrix")]
    private static IEnumerable<long[][]> VerifyMatrix(MetricArguments arguments)
    {
        bool[][] labels = arguments.FlagRows("labels");
        return Counts(labels, arguments.FlagRows("predictions")).Select(label => new long[][]
        {
            [labels.Length - label.Expected - label.Predicted + label.Right, label.Predicted - label.Right],
            [label.Expected - label.Right, label.Right],
        });
    }
}
