namespace Attune.Metrics;

/// <summary>How p values of many tests are corrected.</summary>
public enum MultipleTestMethod
{
    /// <summary>Each by the number of tests.</summary>
    Bonferroni,

    /// <summary>Step by step from the smallest (Holm 1979).</summary>
    Holm,

    /// <summary>The false discovery rate of independent tests (Benjamini and Hochberg 1995).</summary>
    BenjaminiHochberg,

    /// <summary>The false discovery rate of any tests (Benjamini and Yekutieli 2001).</summary>
    BenjaminiYekutieli,
}

/// <summary>Corrects p values for how many tests there were (statsmodels' <c>multipletests</c>).</summary>
/// <param name="Reject">For each test whether it is significant at the level asked for.</param>
/// <param name="Adjusted">For each test its corrected p value, from 0 to 1.</param>
public sealed record MultipleTests(IReadOnlyList<bool> Reject, IReadOnlyList<double> Adjusted)
{
    /// <summary>Corrects p values.</summary>
    /// <param name="pValues">One a test, from 0 to 1.</param>
    /// <param name="method">How.</param>
    /// <param name="alpha">The level of significance.</param>
    /// <exception cref="ArgumentException">There is no p value, or one that is not from 0 to 1.</exception>
    public static MultipleTests Of(IReadOnlyList<double> pValues, MultipleTestMethod method, double alpha = 0.05)
    {
        ArgumentNullException.ThrowIfNull(pValues);
        Rows.Same(pValues.Count, pValues.Count);
        Probability.Check(pValues);
        int n = pValues.Count;
        int[] order = [.. Enumerable.Range(0, n).OrderBy(test => pValues[test])];
        double sum = method == MultipleTestMethod.BenjaminiYekutieli ? Enumerable.Range(1, n).Sum(i => 1.0 / i) : 1;
        bool isRate = method is MultipleTestMethod.BenjaminiHochberg or MultipleTestMethod.BenjaminiYekutieli;
        double[] factors = [.. Enumerable.Range(0, n).Select(i => method switch
        {
            MultipleTestMethod.Bonferroni => n,
            MultipleTestMethod.Holm => n - i,
            _ => sum * n / (i + 1),
        })];
        double[] shares = [.. Enumerable.Range(0, n).Select(i => (i + 1) / (double)n / sum)];
        bool[] passes = [.. order.Select((test, i) => pValues[test] <= (isRate ? shares[i] * alpha : alpha / factors[i]))];
        int last = isRate ? Array.LastIndexOf(passes, true) : Array.IndexOf([.. passes, false], false) - 1;
        (bool[] reject, double[] adjusted) = (new bool[n], new double[n]);
        double bound = isRate ? 1 : 0;
        for (int step = 0; step < n; step++)
        {
            // Holm's grow from the smallest p value up, rates shrink from the largest down.
            int i = isRate ? n - 1 - step : step;
            double raw = isRate ? pValues[order[i]] / shares[i] : pValues[order[i]] * factors[i];
            bound = isRate ? Math.Min(bound, raw) : Math.Max(bound, raw);
            adjusted[order[i]] = Math.Min(1, bound);
            reject[order[i]] = i <= last;
        }

        return new(reject, adjusted);
    }

    [Metric("bonferroni")]
    private static MultipleTests VerifyBonferroni(MetricArguments arguments) => Verify(arguments, MultipleTestMethod.Bonferroni);

    [Metric("holm")]
    private static MultipleTests VerifyHolm(MetricArguments arguments) => Verify(arguments, MultipleTestMethod.Holm);

    [Metric("benjamini_hochberg")]
    private static MultipleTests VerifyHochberg(MetricArguments arguments) => Verify(arguments, MultipleTestMethod.BenjaminiHochberg);

    [Metric("benjamini_yekutieli")]
    private static MultipleTests VerifyYekutieli(MetricArguments arguments) => Verify(arguments, MultipleTestMethod.BenjaminiYekutieli);

    private static MultipleTests Verify(MetricArguments arguments, MultipleTestMethod method) =>
        Of(arguments.Numbers("p_values"), method, arguments.Number("alpha", 0.05));
}
