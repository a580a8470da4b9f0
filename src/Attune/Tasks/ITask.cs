using Attune.Data;
using Attune.Models;
using Attune.Objectives;
using static TorchSharp.torch;

namespace Attune.Tasks;

/// <summary>What a model learns to do: how examples become rows and batches, and what the loss is. A task is one file with <see cref="Recipes.TaskNameAttribute"/>.</summary>
public interface ITask
{
    /// <summary>The form of rows that is read where a recipe names none; null: told by the columns.</summary>
    string? Form => null;

    /// <summary>Turns examples into rows of tokens.</summary>
    /// <param name="text">The model's tokenizer and template.</param>
    /// <param name="maxTokens">The most tokens of a row.</param>
    /// <exception cref="AttuneException">The model cannot do this task.</exception>
    RowEncoder Encoder(ModelText text, int maxTokens);

    /// <summary>Fits the model to the rows, when these are read and no weight is loaded yet: a classifier gets its labels.</summary>
    /// <param name="text">What belongs to the model.</param>
    /// <param name="data">The rows.</param>
    /// <param name="labels">The labels that the recipe names; empty: none.</param>
    /// <returns>The model to load.</returns>
    /// <exception cref="AttuneException">The model cannot do this task, or the rows do not suit it.</exception>
    ModelText Prepare(ModelText text, EncodedSplits data, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(text);
        using var shape = ModelFamilies.Create(text.Config);
        _ = LanguageModel.Of(shape);
        return text;
    }

    /// <summary>The sum of a batch's losses, which backward can start from.</summary>
    /// <param name="model">The model.</param>
    /// <param name="batch">The rows.</param>
    /// <param name="options">What the recipe wants computed besides.</param>
    Tensor Loss(TextModel model, Batch batch, CrossEntropyOptions options);
}
