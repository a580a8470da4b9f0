namespace Attune.Metrics;

/// <summary>What the rows of a confusion matrix are divided by.</summary>
public enum ConfusionShare
{
    /// <summary>Nothing: counts.</summary>
    None,

    /// <summary>The sum of the row: of the rows of a class, the share given to each.</summary>
    True,

    /// <summary>The sum of the column: of the rows given a class, the share that each has.</summary>
    Pred,

    /// <summary>The number of rows.</summary>
    All,
}

/// <summary>How often rows of one class were given another.</summary>
public sealed class ConfusionMatrix
{
    private readonly int[] classes;
    private readonly long[,] counts;

    /// <summary>Counts rows.</summary>
    /// <param name="labels">The class of each row; at least one row.</param>
    /// <param name="predictions">The class that each row was given.</param>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths.</exception>
    public ConfusionMatrix(IReadOnlyList<int> labels, IReadOnlyList<int> predictions)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(predictions);
        Rows.Same(labels.Count, predictions.Count);
        classes = [.. labels.Concat(predictions).Distinct().Order()];
        counts = new long[classes.Length, classes.Length];
        for (int row = 0; row < labels.Count; row++)
        {
            counts[Array.BinarySearch(classes, labels[row]), Array.BinarySearch(classes, predictions[row])]++;
        }

        Total = labels.Count;
    }

    /// <summary>The classes that occur, rising: the order of rows and columns.</summary>
    public IReadOnlyList<int> Classes => classes;

    /// <summary>How many rows were counted.</summary>
    public long Total { get; }

    /// <summary>How many rows of the class in place <paramref name="row"/> were given that in place <paramref name="column"/>.</summary>
    public long this[int row, int column] => counts[row, column];

    /// <summary>A class's counts; zeros where the class does not occur.</summary>
    public LabelCounts Counts(int label)
    {
        int place = Array.BinarySearch(classes, label);
        return place < 0 ? default : new LabelCounts(counts[place, place], Predicted(place), Expected(place));
    }

    /// <summary>The matrix, one list a class expected, in the order of <see cref="Classes"/>; 0 where a sum to divide by is 0.</summary>
    /// <param name="share">What the counts are divided by.</param>
    public double[][] Table(ConfusionShare share = ConfusionShare.None)
    {
        double[][] table = new double[classes.Length][];
        for (int row = 0; row < classes.Length; row++)
        {
            table[row] = new double[classes.Length];
            for (int column = 0; column < classes.Length; column++)
            {
                long sum = share switch
                {
                    ConfusionShare.True => Expected(row),
                    ConfusionShare.Pred => Predicted(column),
                    ConfusionShare.All => Total,
                    _ => 1,
                };
                table[row][column] = sum == 0 ? 0 : counts[row, column] / (double)sum;
            }
        }

        return table;
    }

    internal long Expected(int row) => Enumerable.Range(0, classes.Length).Sum(column => counts[row, column]);

    internal long Predicted(int column) => Enumerable.Range(0, classes.Length).Sum(row => counts[row, column]);

    internal long Right => Enumerable.Range(0, classes.Length).Sum(place => counts[place, place]);

    internal static ConfusionMatrix From(MetricArguments arguments) => new(arguments.Integers("labels"), arguments.Integers("predictions"));

    [Metric("confusion_matrix")]
    private static double[][] Verify(MetricArguments arguments) => From(arguments).Table(arguments.Choice("normalize", ConfusionShare.None));
}
