namespace Attune.Metrics;

/// <summary>Agreement beyond chance of any number of raters (Fleiss 1971; statsmodels' <c>fleiss_kappa</c>).</summary>
public static class FleissKappa
{
    /// <summary>At most 1; 0 is chance; NaN where all raters always chose the same category.</summary>
    /// <param name="counts">One list a subject: how many raters chose each category; the same number of raters, at least 2, for all.</param>
    /// <exception cref="ArgumentException">The table is empty or ragged, or subjects differ in their number of raters.</exception>
    public static double Of(IReadOnlyList<IReadOnlyList<int>> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        int categories = Rows.SameTable(counts, counts);
        int raters = counts[0].Sum();
        if (raters < 2 || counts.Any(subject => subject.Sum() != raters || subject.Any(count => count < 0)))
        {
            throw new ArgumentException("Every subject must have the same number of raters, at least 2.", nameof(counts));
        }

        double observed = counts.Average(subject => (subject.Sum(count => (double)count * count) - raters) / (raters * (raters - 1.0)));
        double chance = Enumerable.Range(0, categories)
            .Sum(category => Math.Pow(counts.Sum(subject => (double)subject[category]) / raters / counts.Count, 2));
        return (observed - chance) / (1 - chance);
    }

    [Metric("fleiss_kappa")]
    private static double Verify(MetricArguments arguments) => Of(arguments.IntegerRows("counts"));
}
