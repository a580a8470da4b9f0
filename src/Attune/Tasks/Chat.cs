using Attune.Data;
using Attune.Models;
using Attune.Objectives;
using Attune.Recipes;
using static TorchSharp.torch;

namespace Attune.Tasks;

/// <summary>Replying in conversations: the loss is on the assistant's tokens.</summary>
[TaskName("chat")]
internal sealed class Chat : ITask
{
    public RowEncoder Encoder(ModelText text, int maxTokens) => text.Template is null
        ? throw new AttuneException(ExitCode.BadData, text.Path, "the model has no chat template, so it cannot be tuned on conversations", "use a chat model, or `task: text` on plain text")
        : new RowEncoder(text.Tokenizer, text.Template, new EncodeOptions
        {
            MaxTokens = maxTokens,
            EndTokens = text.EndTokenIds,
            ParsesSpecialTokens = text.ParsesSpecialTokens,
            Clock = text.Clock,
        });

    public Tensor Loss(TextModel model, Batch batch, CrossEntropyOptions options) => CausalLoss.Sum(LanguageModel.Of(model), batch, options);
}
