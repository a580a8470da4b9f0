namespace Attune.Metrics;

/// <summary>The mean of the classes' recalls (scikit-learn's <c>balanced_accuracy_score</c>).</summary>
public static class BalancedAccuracy
{
    /// <summary>The mean over the classes that are expected at all of the share found, from 0 to 1.</summary>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths.</exception>
    public static double Of(IReadOnlyList<int> labels, IReadOnlyList<int> predictions) => Of(new ConfusionMatrix(labels, predictions));

    /// <summary>The same of rows that are counted.</summary>
    public static double Of(ConfusionMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        return matrix.Classes.Select(matrix.Counts).Where(label => label.Expected > 0).Average(label => label.Scores().Recall);
    }

    [Metric("balanced_accuracy")]
    private static double Verify(MetricArguments arguments) => Of(ConfusionMatrix.From(arguments));
}
