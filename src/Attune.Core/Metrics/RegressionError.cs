namespace Attune.Metrics;

/// <summary>How far predicted numbers are from those expected (scikit-learn's metrics of the same names).</summary>
public static class RegressionError
{
    /// <summary>The mean of the distances, in the numbers' unit.</summary>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths, or a number is not finite.</exception>
    public static double MeanAbsolute(IReadOnlyList<double> labels, IReadOnlyList<double> predictions) =>
        Errors(labels, predictions).Average(Math.Abs);

    /// <summary>The mean of the squared distances, in the unit's square.</summary>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths, or a number is not finite.</exception>
    public static double MeanSquared(IReadOnlyList<double> labels, IReadOnlyList<double> predictions) =>
        Errors(labels, predictions).Average(error => error * error);

    /// <summary>The root of the mean of the squared distances, in the numbers' unit.</summary>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths, or a number is not finite.</exception>
    public static double RootMeanSquared(IReadOnlyList<double> labels, IReadOnlyList<double> predictions) =>
        Math.Sqrt(MeanSquared(labels, predictions));

    /// <summary>The mean of the distances as shares of what is expected (1: as large); what is nearer to 0 than 2^-52 counts as that.</summary>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths, or a number is not finite.</exception>
    public static double MeanAbsolutePercentage(IReadOnlyList<double> labels, IReadOnlyList<double> predictions) =>
        Errors(labels, predictions).Select((error, row) => Math.Abs(error) / Math.Max(Math.Abs(labels[row]), Math.Pow(2, -52))).Average();

    /// <summary>The median of the distances, in the numbers' unit.</summary>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths, or a number is not finite.</exception>
    public static double MedianAbsolute(IReadOnlyList<double> labels, IReadOnlyList<double> predictions)
    {
        double[] errors = [.. Errors(labels, predictions).Select(Math.Abs).Order()];
        return (errors[(errors.Length - 1) / 2] + errors[errors.Length / 2]) / 2;
    }

    /// <summary>The largest distance, in the numbers' unit.</summary>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths, or a number is not finite.</exception>
    public static double Max(IReadOnlyList<double> labels, IReadOnlyList<double> predictions) => Errors(labels, predictions).Max(Math.Abs);

    /// <summary>What is expected less what is predicted, row by row.</summary>
    internal static double[] Errors(IReadOnlyList<double> labels, IReadOnlyList<double> predictions)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(predictions);
        Rows.Same(labels.Count, predictions.Count);
        Rows.Finite(labels, nameof(labels));
        Rows.Finite(predictions, nameof(predictions));
        return [.. labels.Zip(predictions, (label, prediction) => label - prediction)];
    }

    [Metric("mean_absolute_error")]
    private static double VerifyMeanAbsolute(MetricArguments arguments) =>
        MeanAbsolute(arguments.Numbers("labels"), arguments.Numbers("predictions"));

    [Metric("mean_squared_error")]
    private static double VerifyMeanSquared(MetricArguments arguments) => MeanSquared(arguments.Numbers("labels"), arguments.Numbers("predictions"));

    [Metric("root_mean_squared_error")]
    private static double VerifyRoot(MetricArguments arguments) => RootMeanSquared(arguments.Numbers("labels"), arguments.Numbers("predictions"));

    [Metric("mean_absolute_percentage_error")]
    private static double VerifyPercentage(MetricArguments arguments) =>
        MeanAbsolutePercentage(arguments.Numbers("labels"), arguments.Numbers("predictions"));

    [Metric("median_absolute_error")]
    private static double VerifyMedian(MetricArguments arguments) => MedianAbsolute(arguments.Numbers("labels"), arguments.Numbers("predictions"));

    [Metric("max_error")]
    private static double VerifyMax(MetricArguments arguments) => Max(arguments.Numbers("labels"), arguments.Numbers("predictions"));
}
