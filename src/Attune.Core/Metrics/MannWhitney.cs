namespace Attune.Metrics;

/// <summary>Whether one sample tends to be larger than another (Mann and Whitney 1947; scipy's <c>mannwhitneyu</c>); two-sided.</summary>
public static class MannWhitney
{
    /// <summary>By the normal approximation, corrected for ties and continuity. The statistic is U of the first sample.</summary>
    /// <exception cref="ArgumentException">A sample is empty, or has a number that is not finite.</exception>
    public static TestResult Of(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Count == 0 || b.Count == 0)
        {
            throw new ArgumentException("Neither sample may be empty.");
        }

        double[] both = [.. a, .. b];
        Rows.Finite(both, nameof(a));
        double n = both.Length;
        double pairs = (double)a.Count * b.Count;
        double statistic = Rows.Ranks(both).Take(a.Count).Sum() - (a.Count * (a.Count + 1.0) / 2);
        double ties = both.CountBy(number => number).Sum(group => Math.Pow(group.Value, 3) - group.Value);
        double deviation = Math.Sqrt(pairs / 12 * (n + 1 - (ties / (n * (n - 1)))));
        double z = (Math.Max(statistic, pairs - statistic) - (pairs / 2) - 0.5) / deviation;
        return new(statistic, Math.Min(1, 2 * Distributions.NormalAbove(z)));
    }

    [Metric("mann_whitney")]
    private static TestResult Verify(MetricArguments arguments) => Of(arguments.Numbers("a"), arguments.Numbers("b"));
}
