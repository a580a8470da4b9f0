namespace Attune.Metrics;

/// <summary>The area under the receiver operating characteristic (scikit-learn's <c>roc_auc_score</c>).</summary>
public static class RocAuc
{
    /// <summary>From 0 to 1: how likely a positive row has a higher score than a negative one. NaN where there is a single class.</summary>
    /// <param name="labels">Whether each row is positive.</param>
    /// <param name="scores">The higher, the more likely positive.</param>
    /// <param name="largestRate">The false positive rate up to which the area counts; see <see cref="RocCurve.PartialArea"/>.</param>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths, or a score is not finite.</exception>
    public static double Of(IReadOnlyList<bool> labels, IReadOnlyList<double> scores, double largestRate = 1)
    {
        RocCurve curve = RocCurve.Of(labels, scores);
        return largestRate == 1 ? curve.Area : curve.PartialArea(largestRate);
    }

    /// <summary>The area over several labels a row as one: one list a row, one entry a label.</summary>
    /// <exception cref="ArgumentException">The tables are empty, ragged or of different shapes, or the average is binary.</exception>
    public static double Of(IReadOnlyList<IReadOnlyList<bool>> labels, IReadOnlyList<IReadOnlyList<double>> scores, Average average) =>
        BinaryAverage.Of(labels, scores, average, (label, score) => Of(label, score));

    /// <summary>Each class against all others.</summary>
    /// <param name="labels">The class of each row, from 0.</param>
    /// <param name="scores">One list a row, one score a class.</param>
    /// <param name="average">How the classes' areas become one.</param>
    /// <exception cref="ArgumentException">The lists do not fit each other, or a class has no score.</exception>
    public static double OneAgainstRest(IReadOnlyList<int> labels, IReadOnlyList<IReadOnlyList<double>> scores, Average average)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(scores);
        Rows.Same(labels.Count, scores.Count);
        return Of(BinaryAverage.OneOfMany(labels, scores[0].Count), scores, average);
    }

    /// <summary>Each class against each other, both ways (Hand and Till 2001).</summary>
    /// <param name="labels">The class of each row, from 0.</param>
    /// <param name="scores">One list a row, one score a class.</param>
    /// <param name="average">The mean over pairs, or weighed by how many rows a pair has.</param>
    /// <exception cref="ArgumentException">The lists do not fit each other, a class has no score, or the average is another.</exception>
    public static double OneAgainstOne(IReadOnlyList<int> labels, IReadOnlyList<IReadOnlyList<double>> scores, Average average)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(scores);
        Rows.Same(labels.Count, scores.Count);
        if (average is not (Average.Macro or Average.Weighted))
        {
            throw new ArgumentException($"There is no {average} average of pairs of classes.", nameof(average));
        }

        int classes = scores[0].Count;
        Rows.SameTable(BinaryAverage.OneOfMany(labels, classes), scores);
        (double sum, double weights) = (0, 0);
        for (int a = 0; a < classes; a++)
        {
            for (int b = a + 1; b < classes; b++)
            {
                int[] rows = [.. Enumerable.Range(0, labels.Count).Where(row => labels[row] == a || labels[row] == b)];
                if (rows.Length == 0)
                {
                    return double.NaN;
                }

                double weight = average == Average.Weighted ? rows.Length : 1;
                sum += weight * (Against(labels, scores, rows, a) + Against(labels, scores, rows, b)) / 2;
                weights += weight;
            }
        }

        return sum / weights;
    }

    private static double Against(IReadOnlyList<int> labels, IReadOnlyList<IReadOnlyList<double>> scores, int[] rows, int label) =>
        Of([.. rows.Select(row => labels[row] == label)], [.. rows.Select(row => scores[row][label])]);

    [Metric("roc_auc")]
    private static double Verify(MetricArguments arguments)
    {
        if (!arguments.Has("multi_class"))
        {
            return Of(arguments.Flags("labels"), arguments.Numbers("scores"), arguments.Number("max_fpr", 1));
        }

        (int[] labels, double[][] scores) = (arguments.Integers("labels"), arguments.Rows("scores"));
        Average average = arguments.Choice("average", Average.Macro);
        return arguments.Text("multi_class") == "ovo" ? OneAgainstOne(labels, scores, average) : OneAgainstRest(labels, scores, average);
    }

    [Metric("multilabel_roc_auc")]
    private static double VerifyMultilabel(MetricArguments arguments) =>
        Of(arguments.FlagRows("labels"), arguments.Rows("scores"), arguments.Choice("average", Average.Macro));
}
