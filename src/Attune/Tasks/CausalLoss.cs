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
    /// <param name="options">What is computed besides.</param>
    /// <returns>A float32 scalar that backward can start from.</returns>
    public static Tensor Sum(LanguageModel model, Batch batch, CrossEntropyOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(batch);
        var hidden = model.Hidden(batch.Rows).index_select(0, batch.Places);
        var output = model.OutputProjection;
        if (output.Delta is null && !output.IsTransposed)
        {
            using var scope = NewDisposeScope();
            return CrossEntropy.Loss(hidden, output.Weight.ReadValue(), output.Bias?.Value, batch.Targets, options).Sum.MoveToOuterDisposeScope();
        }

        // Where tuning added something to the output layer its logits are made whole, at trained places only.
        return CrossEntropy.OfLogits(model.Logits(hidden), batch.Targets, options);
    }
}
