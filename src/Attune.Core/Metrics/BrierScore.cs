namespace Attune.Metrics;

/// <summary>The mean squared distance of probabilities from what came true (Brier 1950; scikit-learn's <c>brier_score_loss</c>).</summary>
public static class BrierScore
{
    /// <summary>The mean over rows of the sum over classes of the squared distance, from 0 to 2.</summary>
    /// <param name="labels">The class of each row, from 0.</param>
    /// <param name="probabilities">One list a row, one probability a class.</param>
    /// <exception cref="ArgumentException">The lists do not fit each other, a class has no probability, or one is not from 0 to 1.</exception>
    public static double Of(IReadOnlyList<int> labels, IReadOnlyList<IReadOnlyList<double>> probabilities)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(probabilities);
        Rows.Same(labels.Count, probabilities.Count);
        return labels.Zip(probabilities).Average(row =>
        {
            Probability.Check(row.First, row.Second);
            return row.Second.Select((one, label) => Math.Pow(one - (label == row.First ? 1 : 0), 2)).Sum();
        });
    }

    /// <summary>The same for two classes, of which each row's probability of the second is given; only that is counted, so from 0 to 1.</summary>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths, or a probability is not from 0 to 1.</exception>
    public static double Of(IReadOnlyList<bool> labels, IReadOnlyList<double> probabilities)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(probabilities);
        Rows.Same(labels.Count, probabilities.Count);
        Probability.Check(probabilities);
        return labels.Zip(probabilities).Average(row => Math.Pow(row.Second - (row.First ? 1 : 0), 2));
    }

    [Metric("brier")]
    private static double Verify(MetricArguments arguments) => Probability.IsTable(arguments)
        ? Of(arguments.Integers("labels"), arguments.Rows("scores"))
        : Of(arguments.Flags("labels"), arguments.Numbers("scores"));
}
