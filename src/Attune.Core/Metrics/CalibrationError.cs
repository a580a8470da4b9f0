namespace Attune.Metrics;

/// <summary>How far confidence is from the share that is right (expected calibration error, Guo et al. 2017).</summary>
public static class CalibrationError
{
    /// <summary>
    /// From 0 to 1: over bins of equal width, the mean distance of the share of right rows from the mean confidence, weighed by the bins' rows. A bin
    /// holds its upper edge and not its lower one, but the first holds 0.
    /// </summary>
    /// <param name="confidences">The probability of each row's predicted class.</param>
    /// <param name="right">Whether the prediction is right.</param>
    /// <param name="bins">How many bins, at least 1.</param>
    /// <exception cref="ArgumentException">
    /// The lists are empty or of different lengths, a confidence is not from 0 to 1, or there is no bin.
    /// </exception>
    public static double Of(IReadOnlyList<double> confidences, IReadOnlyList<bool> right, int bins = 15)
    {
        ArgumentNullException.ThrowIfNull(confidences);
        ArgumentNullException.ThrowIfNull(right);
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        Rows.Same(right.Count, confidences.Count);
        Probability.Check(confidences);
        double[] surplus = new double[bins];
        for (int row = 0; row < right.Count; row++)
        {
            surplus[Bin(confidences[row], bins)] += (right[row] ? 1 : 0) - confidences[row];
        }

        return surplus.Sum(Math.Abs) / right.Count;
    }

    /// <summary>The bin whose edges, i / bins as they are in floating point, enclose the confidence.</summary>
    private static int Bin(double confidence, int bins)
    {
        int bin = Math.Clamp((int)Math.Ceiling(confidence * bins) - 1, 0, bins - 1);
        while (bin > 0 && confidence <= (double)bin / bins)
        {
            bin--;
        }

        while (bin < bins - 1 && confidence > (double)(bin + 1) / bins)
        {
            bin++;
        }

        return bin;
    }

    [Metric("expected_calibration_error")]
    private static double Verify(MetricArguments arguments) =>
        Of(arguments.Numbers("confidences"), arguments.Flags("correct"), arguments.Integer("bins", 15));
}
