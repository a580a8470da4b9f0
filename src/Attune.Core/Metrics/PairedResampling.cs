namespace Attune.Metrics;

/// <summary>What resampling says of the mean difference of two systems.</summary>
/// <param name="Difference">The mean of the first system's scores less that of the second's.</param>
/// <param name="Low">The interval's lower end.</param>
/// <param name="High">The interval's upper end.</param>
/// <param name="FractionNotAboveZero">The share of resamples whose difference is not above 0.</param>
public readonly record struct BootstrapResult(double Difference, double Low, double High, double FractionNotAboveZero);

/// <summary>What flipping signs says of the mean difference of two systems.</summary>
/// <param name="Difference">The mean of the first system's scores less that of the second's.</param>
/// <param name="PValue">The share of flips with at least that difference, either way, the one observed counted in.</param>
public readonly record struct PermutationResult(double Difference, double PValue);

/// <summary>Compares two systems by their scores on the same rows (Koehn 2004; Riezler and Maxwell 2005).</summary>
public static class PairedResampling
{
    /// <summary>The interval of the mean difference over resamples of rows, by percentiles with linear interpolation.</summary>
    /// <param name="a">The first system's scores.</param>
    /// <param name="b">The second system's scores on the same rows.</param>
    /// <param name="resamples">For each resample the rows that it draws, from 0.</param>
    /// <param name="level">How sure the interval is, above 0 and below 1.</param>
    /// <exception cref="ArgumentException">
    /// The lists are empty or of different lengths, there is no resample, or the level is out of range.
    /// </exception>
    public static BootstrapResult Bootstrap(
        IReadOnlyList<double> a, IReadOnlyList<double> b, IReadOnlyList<IReadOnlyList<int>> resamples, double level = 0.95)
    {
        ArgumentNullException.ThrowIfNull(resamples);
        double[] differences = RegressionError.Errors(a, b);
        ProportionInterval.CheckLevel(level);
        Rows.Same(resamples.Count, resamples.Count);
        double[] means = [.. resamples.Select(rows => rows.Average(row => differences[row])).Order()];
        double notAbove = means.Count(mean => mean <= 0) / (double)means.Length;
        return new(differences.Average(), Quantile(means, (1 - level) / 2), Quantile(means, (1 + level) / 2), notAbove);
    }

    /// <summary>The same with resamples drawn from a seed.</summary>
    /// <exception cref="ArgumentException">
    /// The lists are empty or of different lengths, the count is below 1, or the level is out of range.
    /// </exception>
    public static BootstrapResult Bootstrap(IReadOnlyList<double> a, IReadOnlyList<double> b, int resamples, int seed, double level = 0.95)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 1);
        var random = new Random(seed);
        int[] Draw() => [.. Enumerable.Range(0, a.Count).Select(_ => random.Next(a.Count))];
        return Bootstrap(a, b, [.. Enumerable.Range(0, resamples).Select(_ => Draw())], level);
    }

    /// <summary>Whether the mean difference may be chance, by flipping the signs of rows' differences.</summary>
    /// <param name="a">The first system's scores.</param>
    /// <param name="b">The second system's scores on the same rows.</param>
    /// <param name="signs">For each flip 1 or -1 a row.</param>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths.</exception>
    public static PermutationResult Permutation(IReadOnlyList<double> a, IReadOnlyList<double> b, IReadOnlyList<IReadOnlyList<int>> signs)
    {
        ArgumentNullException.ThrowIfNull(signs);
        double[] differences = RegressionError.Errors(a, b);
        if (signs.Any(flip => flip.Count != differences.Length))
        {
            throw new ArgumentException("Every flip must have one sign a row.", nameof(signs));
        }

        double observed = Math.Abs(differences.Average());
        int extreme = signs.Count(flip => Math.Abs(flip.Select((sign, row) => sign * differences[row]).Average()) >= observed - 1e-12);
        return new(differences.Average(), (extreme + 1.0) / (signs.Count + 1));
    }

    /// <summary>The same with signs drawn from a seed.</summary>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths, or the count is below 1.</exception>
    public static PermutationResult Permutation(IReadOnlyList<double> a, IReadOnlyList<double> b, int flips, int seed)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentOutOfRangeException.ThrowIfLessThan(flips, 1);
        var random = new Random(seed);
        int[] Draw() => [.. Enumerable.Range(0, a.Count).Select(_ => (2 * random.Next(2)) - 1)];
        return Permutation(a, b, [.. Enumerable.Range(0, flips).Select(_ => Draw())]);
    }

    private static double Quantile(double[] rising, double share)
    {
        double place = share * (rising.Length - 1);
        int below = (int)Math.Floor(place);
        return rising[below] + ((place - below) * (rising[Math.Min(below + 1, rising.Length - 1)] - rising[below]));
    }

    [Metric("paired_bootstrap")]
    private static BootstrapResult Verify(MetricArguments arguments) =>
        Bootstrap(arguments.Numbers("a"), arguments.Numbers("b"), arguments.IntegerRows("indices"), arguments.Number("level", 0.95));

    [Metric("paired_permutation")]
    private static PermutationResult VerifyPermutation(MetricArguments arguments) =>
        Permutation(arguments.Numbers("a"), arguments.Numbers("b"), arguments.IntegerRows("signs"));
}
