using System.Numerics;
using Attune.Models;
using Attune.Nn;
using static TorchSharp.torch;

namespace Attune.Training;

/// <summary>
/// The resident memory that a run will need, counted from what it keeps: the runtime and libtorch, the weights, four float32 numbers for
/// everything trained (value, gradient, two moments), the largest of the matrices that stay in blocks as numbers, the activations of one
/// micro-batch, a chunk of logits with its gradient, and what waits in <see cref="Native.TensorPool"/> beside these, for steps of other lengths.
/// </summary>
internal static class MemoryEstimate
{
    // Measured (Linux, two cores): what a run's process has beside what is counted here. docs/performance.md has the figures.
    private const long Runtime = 310L << 20;
    private const long Head = 64L << 20;
    private const long Logits = 262L << 20;
    private const double WaitingActivations = 0.32;
    private const double WaitingTrained = 0.17;

    // A block's backward pass holds so many of its widest values at once.
    private const int Transient = 6;

    /// <summary>Foretells, in bytes.</summary>
    /// <param name="model">The model.</param>
    /// <param name="weights">Bytes of its weights.</param>
    /// <param name="trainable">Numbers that are trained.</param>
    /// <param name="tokens">Tokens of the largest micro-batch.</param>
    /// <param name="checkpointed">Whether blocks' activations are computed again.</param>
    public static long Of(TextModel model, long weights, long trainable, int tokens, bool checkpointed)
    {
        long kept = 0, largest = 0, widest = 0;
        foreach (var block in model.Blocks)
        {
            long ofBlock = PerToken(block, ref widest);
            kept += ofBlock;
            largest = Math.Max(largest, ofBlock);
        }

        int hidden = (int)model.InputEmbedding.Weight.Shape[1];
        if (checkpointed)
        {
            kept = ((long)model.Blocks.Count * hidden) + largest;
        }

        int width = model.ComputeType == ScalarType.BFloat16 ? 2 : 4;
        long numbers = (long)BitOperations.RoundUpToPowerOf2((ulong)model.NamedParameters()
            .Where(named => named.Parameter.Quantized is not null).Select(named => named.Parameter.Count * width).DefaultIfEmpty().Max());
        long trained = trainable * 16, activations = (kept + (Transient * widest) + (4 * hidden)) * width * tokens;
        return Runtime + weights + numbers + trained + activations + Head + (model is LanguageModel ? Logits : 0)
            + (long)((activations * WaitingActivations) + (trained * WaitingTrained));
    }

    /// <summary>
    /// Numbers kept for each token: what comes out of every projection (as the input of an activation, of attention, or in the sum that goes on),
    /// and what goes into the first and the last projection of each part (what lies between shares the first's input).
    /// </summary>
    private static long PerToken(Layer layer, ref long widest)
    {
        Projection? first = null, last = null;
        long sum = 0;
        foreach (var child in layer.Children)
        {
            if (child is Projection projection)
            {
                first ??= projection;
                last = projection;
                sum += projection.OutFeatures;
                widest = Math.Max(widest, projection.OutFeatures);
            }
            else
            {
                sum += PerToken(child, ref widest);
            }
        }

        return sum + (first?.InFeatures ?? 0) + (last is not null && last != first ? last.InFeatures : 0);
    }
}
