namespace Attune.Metrics;

/// <summary>How a proportion's interval is found.</summary>
public enum ProportionMethod
{
    /// <summary>The normal approximation around the share itself.</summary>
    Normal,

    /// <summary>Wilson's score interval.</summary>
    Wilson,

    /// <summary>Agresti and Coull's.</summary>
    AgrestiCoull,

    /// <summary>Clopper and Pearson's, which is never too short.</summary>
    ClopperPearson,

    /// <summary>Jeffreys' prior.</summary>
    Jeffreys,
}

/// <summary>The confidence interval of a share, such as an accuracy (statsmodels' <c>proportion_confint</c>).</summary>
public static class ProportionInterval
{
    /// <summary>The interval, within 0 to 1.</summary>
    /// <param name="count">How many rows have it, from 0 to <paramref name="n"/>.</param>
    /// <param name="n">How many rows there are, at least 1.</param>
    /// <param name="level">How sure the interval is, above 0 and below 1.</param>
    /// <param name="method">How it is found.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public static Interval Of(int count, int n, double level = 0.95, ProportionMethod method = ProportionMethod.Wilson)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, n);
        CheckLevel(level);
        double tail = (1 - level) / 2;
        double z = Distributions.NormalQuantileAbove(tail);
        double share = count / (double)n;
        switch (method)
        {
            case ProportionMethod.Normal:
                return Around(share, z * Math.Sqrt(share * (1 - share) / n));
            case ProportionMethod.Wilson:
                double shrink = 1 + (z * z / n);
                double spread = Math.Sqrt((share * (1 - share) / n) + (z * z / (4.0 * n * n)));
                return Around((share + (z * z / (2 * n))) / shrink, z * spread / shrink);
            case ProportionMethod.AgrestiCoull:
                double center = (count + (z * z / 2)) / (n + (z * z));
                return Around(center, z * Math.Sqrt(center * (1 - center) / (n + (z * z))));
            case ProportionMethod.Jeffreys:
                return new(
                    Distributions.BetaQuantile(tail, count + 0.5, n - count + 0.5),
                    Distributions.BetaQuantile(1 - tail, count + 0.5, n - count + 0.5));
            default:
                return new(
                    count == 0 ? 0 : Distributions.BetaQuantile(tail, count, n - count + 1),
                    count == n ? 1 : Distributions.BetaQuantile(1 - tail, count + 1, n - count));
        }
    }

    internal static void CheckLevel(double level)
    {
        if (!(level is > 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(level), level, "The level must be above 0 and below 1.");
        }
    }

    private static Interval Around(double center, double distance) => new(Math.Max(0, center - distance), Math.Min(1, center + distance));

    [Metric("proportion_interval")]
    private static Interval Verify(MetricArguments arguments) => Of(
        arguments.Integer("count", 0),
        arguments.Integer("n", 0),
        arguments.Number("level", 0.95),
        arguments.Choice("method", ProportionMethod.Wilson));
}
