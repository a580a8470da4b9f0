namespace Attune.Evaluation;

/// <summary>The loss of some tokens, to be added up and divided once.</summary>
/// <param name="Sum">Their negative log-probabilities together, in nats.</param>
/// <param name="Count">How many were predicted.</param>
public readonly record struct TokenLoss(double Sum, long Count)
{
    /// <summary>The loss a token; NaN where there is none.</summary>
    public double Mean => Sum / Count;

    /// <summary>exp of <see cref="Mean"/>: among how many equally likely tokens the model might as well have chosen.</summary>
    public double Perplexity => Math.Exp(Mean);

    /// <summary>Both together.</summary>
    /// <param name="left">Some tokens.</param>
    /// <param name="right">Others.</param>
    public static TokenLoss operator +(TokenLoss left, TokenLoss right) => Add(left, right);

    /// <summary>Both together.</summary>
    /// <param name="left">Some tokens.</param>
    /// <param name="right">Others.</param>
    public static TokenLoss Add(TokenLoss left, TokenLoss right) => new(left.Sum + right.Sum, left.Count + right.Count);
}
