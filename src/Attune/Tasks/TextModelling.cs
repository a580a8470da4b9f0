using Attune.Data;
using Attune.Models;
using Attune.Objectives;
using Attune.Recipes;
using static TorchSharp.torch;

namespace Attune.Tasks;

/// <summary>Plain language modelling: the loss is on every token but a row's first. Documents lie behind each other in rows of equal length.</summary>
[TaskName("text")]
internal sealed class TextModelling : ITask
{
    public RowEncoder Encoder(ModelText text, int maxTokens) =>
        new(text.Tokenizer, text.Template, new EncodeOptions
        {
            MaxTokens = maxTokens,
            EndTokens = text.EndTokenIds,
            ParsesSpecialTokens = text.ParsesSpecialTokens,
            TextPacking = TextPacking.Concatenated,
        });

    public Tensor Loss(TextModel model, Batch batch, CrossEntropyOptions options) => CausalLoss.Sum(LanguageModel.Of(model), batch, options);
}
