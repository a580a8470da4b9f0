namespace Attune.Evaluation;

/// <summary>Two models on the same rows: how far apart they are, and whether that is more than chance (<see cref="PairedBootstrap"/>).</summary>
public sealed record Comparison
{
    /// <summary>What may be said.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>The mean loss by token, in nats.</summary>
    public required Change Loss { get; init; }

    /// <summary>The perplexity by token.</summary>
    public required Change Perplexity { get; init; }

    /// <summary>The rows that have a token to predict.</summary>
    public required int Rows { get; init; }

    /// <summary>How often they were drawn anew; 0: there is no interval.</summary>
    public required int Resamplings { get; init; }
}
