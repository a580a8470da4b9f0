namespace Attune.Metrics;

/// <summary>How large a difference of means is beside the spread (pingouin's <c>compute_effsize</c>).</summary>
public static class EffectSize
{
    /// <summary>Cohen's d: the difference of the means by the standard deviation.</summary>
    /// <param name="a">At least two numbers.</param>
    /// <param name="b">At least two numbers.</param>
    /// <param name="isPaired">
    /// Whether they are of the same rows: the root of the mean of both variances is then the deviation, else the pooled one.
    /// </param>
    /// <exception cref="ArgumentException">There are fewer than two numbers, or pairs of different lengths.</exception>
    public static double CohensD(IReadOnlyList<double> a, IReadOnlyList<double> b, bool isPaired = false)
    {
        StudentTest.CheckSample(a);
        StudentTest.CheckSample(b);
        if (isPaired)
        {
            Rows.Same(a.Count, b.Count);
        }

        (double left, double right) = (Rows.SampleVariance(a), Rows.SampleVariance(b));
        double pooled = (((a.Count - 1) * left) + ((b.Count - 1) * right)) / (a.Count + b.Count - 2);
        return (a.Average() - b.Average()) / Math.Sqrt(isPaired ? (left + right) / 2 : pooled);
    }

    /// <summary>Hedges' g: Cohen's d without its bias in small samples.</summary>
    /// <exception cref="ArgumentException">There are fewer than two numbers.</exception>
    public static double HedgesG(IReadOnlyList<double> a, IReadOnlyList<double> b) => CohensD(a, b) * (1 - (3 / ((4.0 * (a.Count + b.Count)) - 9)));

    [Metric("cohens_d")]
    private static double Verify(MetricArguments arguments) => CohensD(arguments.Numbers("a"), arguments.Numbers("b"), arguments.Is("paired"));

    [Metric("hedges_g")]
    private static double VerifyHedges(MetricArguments arguments) => HedgesG(arguments.Numbers("a"), arguments.Numbers("b"));
}
