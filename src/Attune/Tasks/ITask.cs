using Attune.Data;
using Attune.Models;
using static TorchSharp.torch;

namespace Attune.Tasks;

/// <summary>What a model learns to do: how examples become rows and batches, and what the loss is. A task is one file with <see cref="Recipes.TaskNameAttribute"/>.</summary>
public interface ITask
{
    /// <summary>Turns examples into rows of tokens.</summary>
    /// <param name="text">The model's tokenizer and template.</param>
    /// <param name="maxTokens">The most tokens of a row.</param>
    /// <exception cref="AttuneException">The model cannot do this task.</exception>
    RowEncoder Encoder(ModelText text, int maxTokens);

    /// <summary>The sum of a batch's losses, which backward can start from.</summary>
    /// <param name="model">The model.</param>
    /// <param name="batch">The rows.</param>
    /// <param name="labelSmoothing">How much of each target's weight goes to all tokens alike, from 0 to below 1.</param>
    Tensor Loss(TextModel model, Batch batch, double labelSmoothing);
}
