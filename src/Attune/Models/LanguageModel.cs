using Attune.Formats;
using Attune.Nn;
using static TorchSharp.torch;

namespace Attune.Models;

/// <summary>
/// A causal language model: tokens in, hidden states out, and the layer that turns those into logits. A family is one file that derives from
/// this, keeps Hugging Face's parameter names, and knows nothing of tuning.
/// </summary>
public abstract class LanguageModel : PretrainedModel
{
    /// <summary>Creates the model without memory.</summary>
    /// <param name="config">Its config.json.</param>
    protected LanguageModel(HuggingFaceConfig config)
        : base(config)
    {
    }

    /// <summary>Looks tokens up.</summary>
    public abstract Embedding InputEmbedding { get; }

    /// <summary>Hidden states to logits; its weight may be the embedding's.</summary>
    public abstract Projection OutputProjection { get; }

    /// <inheritdoc/>
    public override string? TaskType => "CAUSAL_LM";

    /// <inheritdoc/>
    public override Layer? Head => OutputProjection;

    /// <summary>Heads of keys and values, and the size of a head: what a cache holds.</summary>
    public abstract (int Heads, int HeadSize) KeyValueShape { get; }

    /// <summary>The longest row that the model was made for.</summary>
    public abstract int MaxPositions { get; }

    /// <summary>How many tokens it knows.</summary>
    public int VocabularySize => (int)InputEmbedding.Weight.Shape[0];

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

    /// <summary>The name under which a tensor of a checkpoint belongs here; null where it is to be ignored (buffers that older versions saved).</summary>
    /// <param name="name">The name in the file.</param>
    internal virtual string? Sanitize(string name) => name;

    /// <summary>What a GGUF file calls the parameters, and whether its rows lie in another order there.</summary>
    internal virtual GgufNames? Gguf => null;

    /// <summary>Runs blocks one after the other, keeping what is asked for.</summary>
    private protected Tensor RunBlocks<T>(Tensor hidden, IReadOnlyList<T> blocks, Func<T, Tensor, int, Tensor> run, Func<Tensor, Tensor> finish, IList<Tensor>? states)
    {
        for (int i = 0; i < blocks.Count; i++)
        {
            states?.Add(hidden);

            // What a block's gradient needs, its functions have saved: the rest goes when the block is done.
            using var scope = NewDisposeScope();
            var (block, number) = (blocks[i], i);
            var output = (CheckpointActivations && is_grad_enabled() ? Checkpointed.Of(x => run(block, x, number), hidden) : run(block, hidden, number)).MoveToOuterDisposeScope();
            if (states is null && i > 0)
            {
                hidden.Dispose();
            }

            hidden = output;
        }

        hidden = finish(hidden);
        states?.Add(hidden);
        return hidden;
    }
}
