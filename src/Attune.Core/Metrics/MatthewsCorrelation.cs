namespace Attune.Metrics;

/// <summary>Matthews' correlation coefficient for any number of classes (Gorodkin 2004; scikit-learn's <c>matthews_corrcoef</c>).</summary>
public static class MatthewsCorrelation
{
    /// <summary>From -1 to 1; 0 where either list holds a single class.</summary>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths.</exception>
    public static double Of(IReadOnlyList<int> labels, IReadOnlyList<int> predictions) => Of(new ConfusionMatrix(labels, predictions));

    /// <summary>The same of rows that are counted.</summary>
    public static double Of(ConfusionMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        double all = matrix.Total;
        double both = all * matrix.Right;
        double expected = all * all;
        double predicted = all * all;
        for (int place = 0; place < matrix.Classes.Count; place++)
        {
            (double e, double p) = (matrix.Expected(place), matrix.Predicted(place));
            both -= e * p;
            expected -= e * e;
            predicted -= p * p;
        }

        return expected == 0 || predicted == 0 ? 0 : both / Math.Sqrt(expected * predicted);
    }

    [Metric("matthews_correlation")]
    private static double Verify(MetricArguments arguments) => Of(ConfusionMatrix.From(arguments));
}
