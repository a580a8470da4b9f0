using Attune.Models;
using Attune.Nn;

namespace Attune.Training;

/// <summary>
/// The resident memory that a run will need, counted from what it keeps: the runtime and libtorch, the weights, four float32 numbers for
/// everything trained (value, gradient, two moments), the activations of one micro-batch, and a chunk of logits.
/// </summary>
internal static class MemoryEstimate
{
    private const long Runtime = 420L << 20;
    private const long LogitChunk = 3 * (64L << 20);

    /// <summary>Foretells, in bytes.</summary>
    /// <param name="model">The model.</param>
    /// <param name="weights">Bytes of its weights.</param>
    /// <param name="trainable">Numbers that are trained.</param>
    /// <param name="tokens">Tokens of the largest micro-batch.</param>
    public static long Of(LanguageModel model, long weights, long trainable, int tokens)
    {
        // Kept for the backward pass: what goes into each projection and what comes out of it, and about as much again for norms and sums.
        long perToken = 0;
        foreach (var (_, layer) in model.NamedLayers())
        {
            if (layer is Projection projection && !ReferenceEquals(projection, model.OutputProjection))
            {
                perToken += projection.OutFeatures + (projection.InFeatures / 2);
            }
        }

        int width = model.ComputeType == TorchSharp.torch.ScalarType.BFloat16 ? 2 : 4;
        return Runtime + weights + (trainable * 16) + (perToken * width * tokens) + LogitChunk;
    }
}
