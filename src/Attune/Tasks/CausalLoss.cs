using Attune.Models;
using Attune.Nn;
using Attune.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Tasks;

/// <summary>The next token's cross entropy, summed over the trained places of a batch.</summary>
public static class CausalLoss
{
    /// <summary>The sum, to be divided by the trained tokens of the whole step.</summary>
    /// <param name="model">The model.</param>
    /// <param name="batch">The rows.</param>
    /// <param name="labelSmoothing">How much of each target's weight goes to all tokens alike, from 0 to below 1.</param>
    /// <returns>A float32 scalar that backward can start from.</returns>
    public static Tensor Sum(LanguageModel model, Batch batch, double labelSmoothing)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(batch);
        var hidden = model.Hidden(batch.Rows).index_select(0, batch.Places);
        var output = model.OutputProjection;
        if (output.Delta is null && !output.IsTransposed)
        {
            using var scope = NewDisposeScope();
            return CrossEntropy.Loss(hidden, output.Weight.ReadValue(), output.Bias?.Value, batch.Targets, new CrossEntropyOptions(labelSmoothing)).Sum.MoveToOuterDisposeScope();
        }

        // Where tuning added something to the output layer its logits are made whole, at trained places only.
        var logits = Precision.As(model.Logits(hidden), ScalarType.Float32);
        var normalizer = logits.logsumexp(-1);
        var likelihood = logits.gather(1, batch.Targets.unsqueeze(1)).squeeze(1) - normalizer;
        return ((likelihood * -(1 - labelSmoothing)) + ((normalizer - logits.mean([-1])) * labelSmoothing)).sum();
    }
}
