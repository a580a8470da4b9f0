namespace Attune.Objectives;

/// <summary>What <see cref="CrossEntropy"/> computes besides the negative log-likelihood, and in what pieces.</summary>
/// <param name="LabelSmoothing">e: the loss is (1 - e) times the negative log-likelihood plus e times the mean over the vocabulary of -log p; from 0 to 1.</param>
/// <param name="ZLoss">Times the square of the logarithm of the softmax's denominator, added to the loss; at least 0.</param>
/// <param name="ChunkBytes">How much memory one chunk of logits may take, in bytes; a chunk has at least one row. Few rows make slow products.</param>
public sealed record CrossEntropyOptions(double LabelSmoothing = 0, double ZLoss = 0, long ChunkBytes = 64 << 20)
{
    /// <summary>The negative log-likelihood alone.</summary>
    public static CrossEntropyOptions Default { get; } = new();
}
