namespace Attune.Metrics;

/// <summary>How well items measure the same (Cronbach 1951; pingouin's <c>cronbach_alpha</c>).</summary>
public static class CronbachAlpha
{
    /// <summary>At most 1.</summary>
    /// <param name="items">One list a person, at least 2, one number an item, at least 2.</param>
    /// <exception cref="ArgumentException">The table is ragged or has fewer than two rows or columns.</exception>
    public static double Of(IReadOnlyList<IReadOnlyList<double>> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        int count = Rows.SameTable(items, items);
        if (count < 2 || items.Count < 2)
        {
            throw new ArgumentException("There must be at least two persons and two items.", nameof(items));
        }

        double single = Enumerable.Range(0, count).Sum(item => Rows.SampleVariance([.. items.Select(person => person[item])]));
        return count / (count - 1.0) * (1 - (single / Rows.SampleVariance([.. items.Select(person => person.Sum())])));
    }

    [Metric("cronbach_alpha")]
    private static double Verify(MetricArguments arguments) => Of(arguments.Rows("items"));
}
