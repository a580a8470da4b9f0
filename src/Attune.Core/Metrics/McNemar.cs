namespace Attune.Metrics;

/// <summary>Whether two systems are right about different shares of the same rows (McNemar 1947; statsmodels' <c>mcnemar</c>).</summary>
public static class McNemar
{
    /// <summary>By the rows about which one of them alone is right.</summary>
    /// <param name="onlyFirst">The rows that only the first has right.</param>
    /// <param name="onlySecond">The rows that only the second has right.</param>
    /// <param name="isExact">
    /// Whether by the binomial distribution (statistic: the smaller number), else by chi-squared with one degree of freedom.
    /// </param>
    /// <param name="isCorrected">Whether 1 is taken from the difference for chi-squared (Edwards).</param>
    /// <exception cref="ArgumentException">A number is below 0.</exception>
    public static TestResult Of(int onlyFirst, int onlySecond, bool isExact = true, bool isCorrected = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(onlyFirst);
        ArgumentOutOfRangeException.ThrowIfNegative(onlySecond);
        int all = onlyFirst + onlySecond;
        if (isExact)
        {
            int smaller = Math.Min(onlyFirst, onlySecond);
            return new(smaller, Math.Min(1, 2 * Distributions.CoinAtMost(smaller, all)));
        }

        double difference = Math.Abs(onlyFirst - onlySecond) - (isCorrected ? 1 : 0);
        double statistic = difference * difference / all;
        return new(statistic, double.IsNaN(statistic) ? double.NaN : 2 * Distributions.NormalAbove(Math.Sqrt(statistic)));
    }

    [Metric("mcnemar")]
    private static TestResult Verify(MetricArguments arguments)
    {
        int[][] table = arguments.IntegerRows("table");
        return Of(table[0][1], table[1][0], arguments.Is("exact"), arguments.Is("correction"));
    }
}
