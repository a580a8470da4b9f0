using Attune.Formats;
using Attune.Models;
using Attune.Nn;
using Attune.Recipes;
using static TorchSharp.torch;

namespace Attune.Own;

/// <summary>A model family of one's own: blocks of attention and nothing else, positions learned. The example of CONTRIBUTING.md.</summary>
[ModelFamily("attention-only")]
public sealed class AttentionOnly : LanguageModel
{
    private const int Largest = 1 << 16;
    private readonly Embedding tokens;
    private readonly Embedding positions;
    private readonly LayerList<Block> layers;
    private readonly RmsNorm norm;
    private readonly Projection head;

    /// <summary>Creates the model without memory.</summary>
    /// <param name="config">Its config.json.</param>
    public AttentionOnly(HuggingFaceConfig config)
        : base(config)
    {
        ArgumentNullException.ThrowIfNull(config);
        int vocabulary = config.GetInt("vocab_size", 1, Largest), width = config.GetInt("hidden_size", 1, Largest), heads = config.GetInt("num_attention_heads", 1, Largest);
        if (width % heads != 0)
        {
            throw config.Error("hidden_size", $"({width}) must be a multiple of num_attention_heads ({heads})");
        }

        MaxPositions = config.GetInt("max_position_embeddings", 1, Largest);
        KeyValueShape = (heads, width / heads);
        tokens = Add("embed_tokens", new Embedding(vocabulary, width));
        positions = Add("embed_positions", new Embedding(MaxPositions, width));
        layers = Add("layers", new LayerList<Block>(config.GetInt("num_hidden_layers", 1, Largest), _ => new Block(width, heads)));
        norm = Add("norm", new RmsNorm(width, 1e-5));
        head = Add("lm_head", new Projection(width, vocabulary, bias: false));
    }

    /// <inheritdoc/>
    public override Embedding InputEmbedding => tokens;

    /// <inheritdoc/>
    public override Projection OutputProjection => head;

    /// <inheritdoc/>
    public override IReadOnlyList<Layer> Blocks => layers.Items;

    /// <inheritdoc/>
    public override (int Heads, int HeadSize) KeyValueShape { get; }

    /// <inheritdoc/>
    public override int MaxPositions { get; }

    /// <inheritdoc/>
    public override Tensor Hidden(PackedRows rows, KvCache? cache = null, IList<Tensor>? states = null)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var hidden = tokens.Forward(rows.InputIds, ComputeType) + positions.Forward(rows.Positions, ComputeType);
        for (int i = 0; i < layers.Items.Count; i++)
        {
            states?.Add(hidden);
            hidden = layers.Items[i].Forward(hidden, rows, cache, i);
        }

        cache?.Advance(rows.Lengths);
        hidden = norm.Forward(hidden);
        states?.Add(hidden);
        return hidden;
    }

    private sealed class Block : Layer
    {
        private readonly int heads;
        private readonly RmsNorm norm;
        private readonly Projection input;
        private readonly Projection output;

        public Block(int width, int heads)
        {
            this.heads = heads;
            norm = Add("norm", new RmsNorm(width, 1e-5));
            input = Add("qkv_proj", new Projection(width, 3 * width, bias: false));
            output = Add("o_proj", new Projection(width, width, bias: false));
        }

        public Tensor Forward(Tensor x, PackedRows rows, KvCache? cache, int layer)
        {
            var parts = input.Forward(norm.Forward(x)).reshape(x.shape[0], 3 * heads, -1).chunk(3, 1);
            double scale = 1 / Math.Sqrt((double)x.shape[1] / heads);
            return x + output.Forward(Attention.Forward(parts[0], parts[1], parts[2], rows, scale, cache, layer));
        }
    }
}
