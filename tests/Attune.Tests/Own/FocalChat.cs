using Attune.Data;
using Attune.Models;
using Attune.Objectives;
using Attune.Recipes;
using Attune.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Own;

/// <summary>A task of one's own: replies, with the focal loss (Lin et al. 2017): the more sure the model is, the less a token counts. The example of CONTRIBUTING.md.</summary>
[TaskName("focal-chat")]
public sealed class FocalChat : ITask
{
    /// <inheritdoc/>
    public RowEncoder Encoder(ModelText text, int maxTokens) => new(text.Tokenizer, text.Template, new EncodeOptions { MaxTokens = maxTokens, EndTokens = text.EndTokenIds });

    /// <inheritdoc/>
    public Tensor Loss(TextModel model, Batch batch, CrossEntropyOptions options)
    {
        var language = LanguageModel.Of(model);
        var logits = language.Logits(language.Hidden(batch.Rows).index_select(0, batch.Places)).to(ScalarType.Float32);
        var surprise = logits.logsumexp(-1) - logits.gather(1, batch.Targets.unsqueeze(1)).squeeze(1);
        return ((1 - (-surprise).exp()).square() * surprise).sum();
    }
}
