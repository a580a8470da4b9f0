using Attune.Formats;
using Attune.Nn;
using Attune.Recipes;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Models;

/// <summary>GPT-2 (Radford et al. 2019). Its linear layers are Conv1D: the weight lies as [in, out].</summary>
[ModelFamily("gpt2")]
public sealed class Gpt2 : LanguageModel
{
    private readonly Transformer transformer;
    private readonly Projection lmHead;

    /// <summary>Creates the model without memory.</summary>
    /// <param name="config">Its config.json.</param>
    public Gpt2(HuggingFaceConfig config)
        : base(config)
    {
        var shape = new Shape(config);
        transformer = Add("transformer", new Transformer(shape));
        lmHead = Add("lm_head", new Projection(shape.Hidden, shape.Vocabulary, bias: false));
        if (config.GetBool("tie_word_embeddings", true))
        {
            lmHead.Weight.TieTo(transformer.TokenEmbedding.Weight);
        }

        KeyValueShape = (shape.Heads, shape.Hidden / shape.Heads);
        MaxPositions = shape.Positions;
    }

    /// <inheritdoc/>
    public override Embedding InputEmbedding => transformer.TokenEmbedding;

    /// <inheritdoc/>
    public override Projection OutputProjection => lmHead;

    /// <inheritdoc/>
    public override IReadOnlyList<Layer> Blocks => transformer.Blocks.Items;

    /// <inheritdoc/>
    public override (int Heads, int HeadSize) KeyValueShape { get; }

    /// <inheritdoc/>
    public override int MaxPositions { get; }

    /// <inheritdoc/>
    public override Tensor Hidden(PackedRows rows, KvCache? cache = null, IList<Tensor>? states = null)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var input = transformer.TokenEmbedding.Forward(rows.InputIds, ComputeType) + transformer.PositionEmbedding.Forward(rows.Positions, ComputeType);
        var hidden = RunBlocks(input, transformer.Blocks.Items, (block, x, i) => block.Forward(x, rows, cache, i), transformer.FinalNorm.Forward, states);
        cache?.Advance(rows.Lengths);
        return hidden;
    }

    /// <summary>The hub's original files lack the prefix <c>transformer.</c>; older ones hold the causal mask as a buffer.</summary>
    internal override string? Sanitize(string name)
    {
        if (name.EndsWith(".attn.bias", StringComparison.Ordinal) || name.EndsWith(".attn.masked_bias", StringComparison.Ordinal))
        {
            return null;
        }

        return name.StartsWith("transformer.", StringComparison.Ordinal) || name.StartsWith("lm_head.", StringComparison.Ordinal) ? name : "transformer." + name;
    }

    private sealed class Shape
    {
        public Shape(HuggingFaceConfig config)
        {
            Vocabulary = config.Size("vocab_size");
            Hidden = config.Size("n_embd");
            Layers = config.Layers("n_layer");
            Heads = config.Size("n_head");
            Positions = config.Size("n_positions", 1024);
            Inner = config.Size("n_inner", 4 * Hidden);
            Epsilon = config.FindDouble("layer_norm_epsilon") ?? 1e-5;
            Activation = Activations.Of(config.FindString("activation_function") ?? "gelu_new", config.Path);
            ScaleScores = config.GetBool("scale_attn_weights", true);
            ScaleByLayer = config.GetBool("scale_attn_by_inverse_layer_idx", false);
            if (Hidden % Heads != 0)
            {
                throw new Formats.FormatException(config.Path, -1, $"\"n_embd\" ({Hidden}) must be a multiple of \"n_head\" ({Heads})");
            }
        }

        public int Vocabulary { get; }

        public int Hidden { get; }

        public int Layers { get; }

        public int Heads { get; }

        public int Positions { get; }

        public int Inner { get; }

        public double Epsilon { get; }

        public Func<Tensor, Tensor> Activation { get; }

        public bool ScaleScores { get; }

        public bool ScaleByLayer { get; }
    }

    private sealed class Transformer : Layer
    {
        public Transformer(Shape shape)
        {
            TokenEmbedding = Add("wte", new Embedding(shape.Vocabulary, shape.Hidden));
            PositionEmbedding = Add("wpe", new Embedding(shape.Positions, shape.Hidden));
            Blocks = Add("h", new LayerList<Block>(shape.Layers, layer => new Block(shape, layer)));
            FinalNorm = Add("ln_f", new LayerNorm(shape.Hidden, shape.Epsilon));
        }

        public Embedding TokenEmbedding { get; }

        public Embedding PositionEmbedding { get; }

        public LayerList<Block> Blocks { get; }

        public LayerNorm FinalNorm { get; }
    }

    private sealed class Block : Layer
    {
        private readonly LayerNorm norm1;
        private readonly SelfAttention attention;
        private readonly LayerNorm norm2;
        private readonly Mlp mlp;

        public Block(Shape shape, int layer)
        {
            norm1 = Add("ln_1", new LayerNorm(shape.Hidden, shape.Epsilon));
            attention = Add("attn", new SelfAttention(shape, layer));
            norm2 = Add("ln_2", new LayerNorm(shape.Hidden, shape.Epsilon));
            mlp = Add("mlp", new Mlp(shape));
        }

        public Tensor Forward(Tensor x, PackedRows rows, KvCache? cache, int layer)
        {
            x = x + attention.Forward(norm1.Forward(x), rows, cache, layer);
            return x + mlp.Forward(norm2.Forward(x));
        }
    }

    private sealed class SelfAttention : Layer
    {
        private readonly Projection input;
        private readonly Projection output;
        private readonly int heads;
        private readonly double scale;

        public SelfAttention(Shape shape, int layer)
        {
            heads = shape.Heads;
            input = Add("c_attn", new Projection(shape.Hidden, 3 * shape.Hidden, bias: true, transposed: true));
            output = Add("c_proj", new Projection(shape.Hidden, shape.Hidden, bias: true, transposed: true));
            scale = (shape.ScaleScores ? 1 / Math.Sqrt((double)shape.Hidden / heads) : 1) / (shape.ScaleByLayer ? layer + 1 : 1);
        }

        public Tensor Forward(Tensor x, PackedRows rows, KvCache? cache, int layer)
        {
            var parts = input.Forward(x).chunk(3, -1);
            return output.Forward(Attention.Forward(Heads(parts[0]), Heads(parts[1]), Heads(parts[2]), rows, scale, cache, layer));
        }

        private Tensor Heads(Tensor x) => x.reshape(x.size(0), heads, -1);
    }

    private sealed class Mlp : Layer
    {
        private readonly Projection up;
        private readonly Projection down;
        private readonly Func<Tensor, Tensor> activation;

        public Mlp(Shape shape)
        {
            up = Add("c_fc", new Projection(shape.Hidden, shape.Inner, bias: true, transposed: true));
            down = Add("c_proj", new Projection(shape.Inner, shape.Hidden, bias: true, transposed: true));
            activation = shape.Activation;
        }

        public Tensor Forward(Tensor x) => down.Forward(activation(up.Forward(x)));
    }
}
