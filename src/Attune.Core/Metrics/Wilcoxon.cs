namespace Attune.Metrics;

/// <summary>What is done with rows that do not differ.</summary>
public enum WilcoxonZeros
{
    /// <summary>They are left out (Wilcoxon).</summary>
    Wilcox,

    /// <summary>They have ranks, which are then left out (Pratt).</summary>
    Pratt,

    /// <summary>They have ranks, which both sides share.</summary>
    Zsplit,
}

/// <summary>Whether the differences of pairs lie around 0, by signed ranks (Wilcoxon 1945; scipy's <c>wilcoxon</c>); two-sided.</summary>
public static class Wilcoxon
{
    /// <summary>The statistic is the smaller of the sums of positive and negative ranks.</summary>
    /// <param name="a">One number a row.</param>
    /// <param name="b">Another number a row.</param>
    /// <param name="isExact">
    /// Whether by all signs of the ranks, which holds without ties and zeros (for those the sum is rounded so that nothing is overstated), else by
    /// the normal approximation.
    /// </param>
    /// <param name="zeros">What is done with rows that do not differ.</param>
    /// <param name="isCorrected">Whether the approximation is corrected for continuity.</param>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths, or a number is not finite.</exception>
    public static TestResult Of(
        IReadOnlyList<double> a, IReadOnlyList<double> b, bool isExact = false, WilcoxonZeros zeros = WilcoxonZeros.Wilcox, bool isCorrected = false)
    {
        double[] differences = RegressionError.Errors(a, b);
        differences = zeros == WilcoxonZeros.Wilcox ? [.. differences.Where(difference => difference != 0)] : differences;
        double[] ranks = Rows.Ranks([.. differences.Select(Math.Abs)]);
        double shared = zeros == WilcoxonZeros.Zsplit ? ranks.Where((_, i) => differences[i] == 0).Sum() / 2 : 0;
        double positive = ranks.Where((_, i) => differences[i] > 0).Sum() + shared;
        double negative = ranks.Where((_, i) => differences[i] < 0).Sum() + shared;
        double p = isExact ? Exact(positive, ranks.Length) : Approximate(positive, differences, zeros == WilcoxonZeros.Pratt, isCorrected);
        return new(Math.Min(positive, negative), p);
    }

    private static double Approximate(double positive, double[] differences, bool leavesZerosOut, bool isCorrected)
    {
        double n = differences.Length;
        double none = leavesZerosOut ? differences.Count(difference => difference == 0) : 0;
        double mean = ((n * (n + 1)) - (none * (none + 1))) / 4;
        double ties = differences.Where(difference => difference != 0 || !leavesZerosOut)
            .CountBy(Math.Abs).Sum(group => Math.Pow(group.Value, 3) - group.Value);
        double deviation = Math.Sqrt(((n * (n + 1) * ((2 * n) + 1)) - (none * (none + 1) * ((2 * none) + 1)) - (ties / 2)) / 24);
        double distance = Math.Abs(positive - mean);
        double z = (isCorrected && distance > 0 ? distance - 0.5 : distance) / deviation;
        return double.IsNaN(z) ? double.NaN : Math.Min(1, 2 * Distributions.NormalAbove(z));
    }

    /// <summary>How many of all signs of the ranks 1, 2, … give each sum, as shares.</summary>
    private static double Exact(double positive, int n)
    {
        double[] shares = new double[(n * (n + 1) / 2) + 1];
        shares[0] = 1;
        for (int rank = 1; rank <= n; rank++)
        {
            for (int sum = shares.Length - 1; sum >= 0; sum--)
            {
                shares[sum] = (shares[sum] + (sum >= rank ? shares[sum - rank] : 0)) / 2;
            }
        }

        double atMost = shares.Take((int)Math.Ceiling(positive) + 1).Sum();
        double atLeast = shares.Skip((int)Math.Floor(positive)).Sum();
        return Math.Min(1, 2 * Math.Min(atMost, atLeast));
    }

    [Metric("wilcoxon")]
    private static TestResult Verify(MetricArguments arguments) => Of(
        arguments.Numbers("a"),
        arguments.Numbers("b"),
        arguments.Text("method", "approx") == "exact",
        arguments.Choice("zero_method", WilcoxonZeros.Wilcox),
        arguments.Is("correction"));
}
