namespace Attune.Metrics;

/// <summary>Whether means differ, by Student's t (scipy's <c>ttest_ind</c> without equal variances and <c>ttest_rel</c>); two-sided.</summary>
public static class StudentTest
{
    /// <summary>Of two samples that may have different variances (Welch 1947).</summary>
    /// <exception cref="ArgumentException">A sample has fewer than two numbers, or one that is not finite.</exception>
    public static TestResult Welch(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        CheckSample(a);
        CheckSample(b);
        (double left, double right) = (Rows.SampleVariance(a) / a.Count, Rows.SampleVariance(b) / b.Count);
        double statistic = (a.Average() - b.Average()) / Math.Sqrt(left + right);
        double degrees = (left + right) * (left + right) / ((left * left / (a.Count - 1)) + (right * right / (b.Count - 1)));
        return new(statistic, Distributions.StudentTwoSided(statistic, degrees), degrees);
    }

    /// <summary>Of two numbers a row.</summary>
    /// <exception cref="ArgumentException">The lists are of different lengths or shorter than two, or a number is not finite.</exception>
    public static TestResult Paired(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        double[] differences = RegressionError.Errors(a, b);
        CheckSample(differences);
        double statistic = differences.Average() / Math.Sqrt(Rows.SampleVariance(differences) / differences.Length);
        return new(statistic, Distributions.StudentTwoSided(statistic, differences.Length - 1), differences.Length - 1);
    }

    internal static void CheckSample(IReadOnlyList<double> numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        Rows.Finite(numbers, nameof(numbers));
        if (numbers.Count < 2)
        {
            throw new ArgumentException($"A sample must have at least two numbers, not {numbers.Count}.", nameof(numbers));
        }
    }

    [Metric("welch_t")]
    private static TestResult Verify(MetricArguments arguments) => Welch(arguments.Numbers("a"), arguments.Numbers("b"));

    [Metric("paired_t")]
    private static TestResult VerifyPaired(MetricArguments arguments) => Paired(arguments.Numbers("a"), arguments.Numbers("b"));
}
