namespace Attune.Metrics;

/// <summary>How surprised a language model is by tokens, from their losses (negative natural logarithms of their probabilities).</summary>
public static class Perplexity
{
    /// <summary>The exponential of the mean loss over all tokens of all rows together; from 1.</summary>
    /// <param name="tokenLosses">One list a row, one loss a token, in nats.</param>
    /// <exception cref="ArgumentException">There is no token.</exception>
    public static double Of(IEnumerable<IReadOnlyList<double>> tokenLosses) => Math.Exp(Mean(tokenLosses));

    /// <summary>The mean loss over all tokens of all rows together, in bits; from 0.</summary>
    /// <param name="tokenLosses">One list a row, one loss a token, in nats.</param>
    /// <exception cref="ArgumentException">There is no token.</exception>
    public static double BitsPerToken(IEnumerable<IReadOnlyList<double>> tokenLosses) => Mean(tokenLosses) / Math.Log(2);

    private static double Mean(IEnumerable<IReadOnlyList<double>> tokenLosses)
    {
        ArgumentNullException.ThrowIfNull(tokenLosses);
        List<double> losses = [.. tokenLosses.SelectMany(row => row)];
        return losses.Count > 0 ? losses.Average() : throw new ArgumentException("There must be at least one token.", nameof(tokenLosses));
    }

    [Metric("perplexity")]
    private static double Verify(MetricArguments arguments) => Of(arguments.Rows("token_losses"));

    [Metric("bits_per_token")]
    private static double VerifyBits(MetricArguments arguments) => BitsPerToken(arguments.Rows("token_losses"));
}
