namespace Attune.Metrics;

/// <summary>The mean negative logarithm of the probability of each row's class (scikit-learn's <c>log_loss</c>).</summary>
public static class LogLoss
{
    private const double Epsilon = 2.220446049250313e-16; // 2^-52

    /// <summary>In nats, from 0.</summary>
    /// <param name="labels">The class of each row, from 0.</param>
    /// <param name="probabilities">One list a row, one probability a class; kept 2^-52 away from 0 and 1, and divided by their sum.</param>
    /// <exception cref="ArgumentException">The lists do not fit each other, a class has no probability, or one is not from 0 to 1.</exception>
    public static double Of(IReadOnlyList<int> labels, IReadOnlyList<IReadOnlyList<double>> probabilities)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(probabilities);
        Rows.Same(labels.Count, probabilities.Count);
        return labels.Zip(probabilities).Average(row => -Math.Log(Share(row.First, row.Second)));
    }

    /// <summary>The same for two classes, of which each row's probability of the second is given.</summary>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths, or a probability is not from 0 to 1.</exception>
    public static double Of(IReadOnlyList<bool> labels, IReadOnlyList<double> probabilities)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(probabilities);
        return Of([.. labels.Select(label => label ? 1 : 0)], [.. probabilities.Select(second => (double[])[1 - second, second])]);
    }

    private static double Share(int label, IReadOnlyList<double> probabilities)
    {
        Probability.Check(label, probabilities);
        return Math.Clamp(probabilities[label], Epsilon, 1 - Epsilon) / probabilities.Sum(one => Math.Clamp(one, Epsilon, 1 - Epsilon));
    }

    [Metric("log_loss")]
    private static double Verify(MetricArguments arguments) => Probability.IsTable(arguments)
        ? Of(arguments.Integers("labels"), arguments.Rows("scores"))
        : Of(arguments.Flags("labels"), arguments.Numbers("scores"));
}
