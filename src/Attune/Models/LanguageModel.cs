using Attune.Formats;
using Attune.Nn;
using static TorchSharp.torch;

namespace Attune.Models;

/// <summary>
/// A causal language model: tokens in, hidden states out, and the layer that turns those into logits. A family is one file that derives from
/// this, keeps Hugging Face's parameter names, and knows nothing of tuning.
/// </summary>
public abstract class LanguageModel : TextModel
{
    /// <summary>Creates the model without memory.</summary>
    /// <param name="config">Its config.json.</param>
    protected LanguageModel(HuggingFaceConfig config)
        : base(config)
    {
    }

    /// <summary>Hidden states to logits; its weight may be the embedding's.</summary>
    public abstract Projection OutputProjection { get; }

    /// <inheritdoc/>
    public override string? TaskType => "CAUSAL_LM";

    /// <inheritdoc/>
    public override Layer? Head => OutputProjection;

    /// <summary>Heads of keys and values, and the size of a head: what a cache holds.</summary>
    public abstract (int Heads, int HeadSize) KeyValueShape { get; }

    /// <summary>Hidden states after the last normalisation.</summary>
    /// <param name="rows">The tokens.</param>
    /// <param name="cache">Earlier tokens of these rows; the new ones are added. Null: none, and gradients can flow.</param>
    /// <param name="states">Where given, receives the embedding's output, every block's but the last's, and the result.</param>
    /// <returns>[tokens, hidden].</returns>
    public abstract Tensor Hidden(PackedRows rows, KvCache? cache = null, IList<Tensor>? states = null);

    /// <summary>Logits of hidden states.</summary>
    /// <param name="hidden">[places, hidden].</param>
    /// <returns>[places, vocabulary].</returns>
    public Tensor Logits(Tensor hidden) => OutputProjection.Forward(hidden);

    /// <summary>An empty cache for that many rows.</summary>
    /// <param name="rows">Rows that are continued together.</param>
    public KvCache NewCache(int rows) => new(Blocks.Count, rows, KeyValueShape.Heads, KeyValueShape.HeadSize, ComputeType, Device);

    /// <summary>A model as a language model.</summary>
    /// <param name="model">Any model.</param>
    /// <exception cref="AttuneException">It is none.</exception>
    public static LanguageModel Of(TextModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model as LanguageModel ?? throw new AttuneException(ExitCode.Usage, model.Config.Path, $"is an encoder ({model.Config.ModelType}), which predicts no next token and writes no text",
            "tune it with `task: text-classification`, and use `attune predict` or `attune embed`; or take a language model");
    }
}
