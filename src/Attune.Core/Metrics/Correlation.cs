namespace Attune.Metrics;

/// <summary>How numbers go together with others (scipy's <c>pearsonr</c>, <c>spearmanr</c> and <c>kendalltau</c>); from -1 to 1.</summary>
public static class Correlation
{
    /// <summary>Pearson's r: how near to a straight line. NaN where either list is constant.</summary>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths, or a number is not finite.</exception>
    public static double Pearson(IReadOnlyList<double> labels, IReadOnlyList<double> predictions)
    {
        RegressionError.Errors(labels, predictions);
        (double x, double y) = (labels.Average(), predictions.Average());
        double both = 0;
        double left = 0;
        double right = 0;
        for (int row = 0; row < labels.Count; row++)
        {
            both += (labels[row] - x) * (predictions[row] - y);
            left += (labels[row] - x) * (labels[row] - x);
            right += (predictions[row] - y) * (predictions[row] - y);
        }

        bool isConstant = labels.All(label => label == labels[0]) || predictions.All(prediction => prediction == predictions[0]);
        return isConstant ? double.NaN : Math.Clamp(both / Math.Sqrt(left) / Math.Sqrt(right), -1, 1);
    }

    /// <summary>Spearman's rho: Pearson's r of the ranks, equal numbers with the mean of theirs. NaN where either list is constant.</summary>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths, or a number is not finite.</exception>
    public static double Spearman(IReadOnlyList<double> labels, IReadOnlyList<double> predictions)
    {
        RegressionError.Errors(labels, predictions);
        return Pearson(Rows.Ranks(labels), Rows.Ranks(predictions));
    }

    /// <summary>
    /// Kendall's tau-b: pairs of rows in the same order less those in the other, by the pairs that are not equal. NaN where either list is constant.
    /// </summary>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths, or a number is not finite.</exception>
    public static double KendallTauB(IReadOnlyList<double> labels, IReadOnlyList<double> predictions)
    {
        RegressionError.Errors(labels, predictions);
        int[] order = [.. Enumerable.Range(0, labels.Count).OrderBy(row => labels[row]).ThenBy(row => predictions[row])];
        double[] sorted = [.. order.Select(row => predictions[row])];
        double all = Pairs(labels.Count);
        double equalLabels = labels.GroupBy(label => label).Sum(group => Pairs(group.Count()));
        double equalPredictions = predictions.GroupBy(prediction => prediction).Sum(group => Pairs(group.Count()));
        double equalBoth = labels.Zip(predictions).GroupBy(row => row).Sum(group => Pairs(group.Count()));
        double swaps = Swaps(sorted, new double[sorted.Length]);
        double surplus = all - equalLabels - equalPredictions + equalBoth - (2 * swaps);
        double tau = surplus / Math.Sqrt(all - equalLabels) / Math.Sqrt(all - equalPredictions);
        return all == equalLabels || all == equalPredictions ? double.NaN : Math.Clamp(tau, -1, 1);
    }

    private static double Pairs(long count) => count * (count - 1) / 2;

    /// <summary>How many pairs are in falling order, counted while they are merged into rising order (Knight 1966).</summary>
    private static double Swaps(Span<double> numbers, Span<double> scratch)
    {
        if (numbers.Length < 2)
        {
            return 0;
        }

        int middle = numbers.Length / 2;
        double swaps = Swaps(numbers[..middle], scratch[..middle]) + Swaps(numbers[middle..], scratch[middle..]);
        (int left, int right) = (0, middle);
        for (int i = 0; i < numbers.Length; i++)
        {
            bool takesRight = left == middle || (right < numbers.Length && numbers[right] < numbers[left]);
            swaps += takesRight ? middle - left : 0;
            scratch[i] = takesRight ? numbers[right++] : numbers[left++];
        }

        scratch.CopyTo(numbers);
        return swaps;
    }

    [Metric("pearson")]
    private static double VerifyPearson(MetricArguments arguments) => Pearson(arguments.Numbers("labels"), arguments.Numbers("predictions"));

    [Metric("spearman")]
    private static double VerifySpearman(MetricArguments arguments) => Spearman(arguments.Numbers("labels"), arguments.Numbers("predictions"));

    [Metric("kendall_tau_b")]
    private static double VerifyKendall(MetricArguments arguments) => KendallTauB(arguments.Numbers("labels"), arguments.Numbers("predictions"));
}
