using Attune.Formats;
using Attune.Nn;
using static TorchSharp.torch;

namespace Attune.Models;

/// <summary>A model that reads tokens: what language models and encoders have in common. A family is one file that derives from either.</summary>
public abstract class TextModel : PretrainedModel
{
    /// <summary>Creates the model without memory.</summary>
    /// <param name="config">Its config.json.</param>
    protected TextModel(HuggingFaceConfig config)
        : base(config)
    {
    }

    /// <summary>Looks tokens up.</summary>
    public abstract Embedding InputEmbedding { get; }

    /// <summary>The longest row that the model was made for.</summary>
    public abstract int MaxPositions { get; }

    /// <summary>How many tokens it knows.</summary>
    public int VocabularySize => (int)InputEmbedding.Weight.Shape[0];

    /// <summary>The name under which a tensor of a checkpoint belongs here; null where it is to be ignored (buffers that older versions saved).</summary>
    /// <param name="name">The name in the file.</param>
    internal virtual string? Sanitize(string name) => name;

    /// <summary>Whether a checkpoint may lack a parameter, which then begins with random numbers.</summary>
    /// <param name="name">The parameter's name.</param>
    internal virtual bool MayLack(string name) => false;

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
