namespace Attune.Metrics;

/// <summary>What share of the variance of numbers predictions explain (scikit-learn's <c>r2_score</c> and <c>explained_variance_score</c>).</summary>
public static class DeterminationCoefficient
{
    /// <summary>
    /// R²: at most 1; 0 is as good as the mean. NaN of a single row; where all labels are equal 1 if the predictions are right, else 0.
    /// </summary>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths, or a number is not finite.</exception>
    public static double RSquared(IReadOnlyList<double> labels, IReadOnlyList<double> predictions)
    {
        double errors = RegressionError.Errors(labels, predictions).Sum(error => error * error);
        return labels.Count < 2 ? double.NaN : Share(errors, SquaresAround(labels, labels.Average()));
    }

    /// <summary>The same after the mean error is taken away: a constant error costs nothing. 1 of a single row.</summary>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths, or a number is not finite.</exception>
    public static double ExplainedVariance(IReadOnlyList<double> labels, IReadOnlyList<double> predictions)
    {
        double[] errors = RegressionError.Errors(labels, predictions);
        return Share(SquaresAround(errors, errors.Average()), SquaresAround(labels, labels.Average()));
    }

    private static double SquaresAround(IReadOnlyList<double> numbers, double mean) => numbers.Sum(number => (number - mean) * (number - mean));

    private static double Share(double unexplained, double all)
    {
        if (all == 0)
        {
            return unexplained == 0 ? 1 : 0;
        }

        return 1 - (unexplained / all);
    }

    [Metric("r2")]
    private static double VerifyRSquared(MetricArguments arguments) => RSquared(arguments.Numbers("labels"), arguments.Numbers("predictions"));

    [Metric("explained_variance")]
    private static double VerifyExplained(MetricArguments arguments) =>
        ExplainedVariance(arguments.Numbers("labels"), arguments.Numbers("predictions"));
}
