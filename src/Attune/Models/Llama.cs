using Attune.Formats;
using Attune.Nn;
using Attune.Recipes;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Models;

/// <summary>Llama (Touvron et al. 2023) and what has its shape: SmolLM2, TinyLlama, and others under <c>model_type: llama</c>.</summary>
[ModelFamily("llama")]
public sealed class Llama : LanguageModel
{
    private readonly LlamaModel model;
    private readonly Projection lmHead;

    /// <summary>Creates the model without memory.</summary>
    /// <param name="config">Its config.json.</param>
    public Llama(HuggingFaceConfig config)
        : base(config)
    {
        var shape = new Shape(config);
        model = Add("model", new LlamaModel(shape));
        lmHead = Add("lm_head", new Projection(shape.Hidden, shape.Vocabulary, bias: false));
        if (config.GetBool("tie_word_embeddings", false))
        {
            lmHead.Weight.TieTo(model.EmbedTokens.Weight);
        }

        KeyValueShape = (shape.KeyValueHeads, shape.HeadSize);
        MaxPositions = shape.MaxPositions;
    }

    /// <inheritdoc/>
    public override Embedding InputEmbedding => model.EmbedTokens;

    /// <inheritdoc/>
    public override Projection OutputProjection => lmHead;

    /// <inheritdoc/>
    public override IReadOnlyList<Layer> Blocks => model.Layers.Items;

    /// <inheritdoc/>
    public override (int Heads, int HeadSize) KeyValueShape { get; }

    /// <inheritdoc/>
    public override int MaxPositions { get; }

    /// <inheritdoc/>
    public override Tensor Hidden(PackedRows rows, KvCache? cache = null, IList<Tensor>? states = null)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var rotary = model.Rotary.Tables(rows, ComputeType);
        var hidden = RunBlocks(model.EmbedTokens.Forward(rows.InputIds, ComputeType), model.Layers.Items, (block, x, i) => block.Forward(x, rows, rotary, cache, i), model.Norm.Forward, states);
        cache?.Advance(rows.Lengths);
        return hidden;
    }

    internal override string? Sanitize(string name) => name.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal) ? null : name;

    internal override GgufNames Gguf { get; } = new("llama", "model.layers",
        new Dictionary<string, string>
        {
            ["token_embd"] = "model.embed_tokens",
            ["output_norm"] = "model.norm",
            ["output"] = "lm_head",
            ["blk.*.attn_norm"] = "input_layernorm",
            ["blk.*.ffn_norm"] = "post_attention_layernorm",
            ["blk.*.attn_q"] = "self_attn.q_proj",
            ["blk.*.attn_k"] = "self_attn.k_proj",
            ["blk.*.attn_v"] = "self_attn.v_proj",
            ["blk.*.attn_output"] = "self_attn.o_proj",
            ["blk.*.ffn_gate"] = "mlp.gate_proj",
            ["blk.*.ffn_up"] = "mlp.up_proj",
            ["blk.*.ffn_down"] = "mlp.down_proj",
        },
        new Dictionary<string, string>
        {
            ["self_attn.q_proj.weight"] = "num_attention_heads",
            ["self_attn.q_proj.bias"] = "num_attention_heads",
            ["self_attn.k_proj.weight"] = "num_key_value_heads",
            ["self_attn.k_proj.bias"] = "num_key_value_heads",
        },
        new HashSet<string>());

    private sealed class Shape(HuggingFaceConfig config)
    {
        public int Vocabulary { get; } = config.Size("vocab_size");

        public int Hidden { get; } = config.Size("hidden_size");

        public int Intermediate { get; } = config.Size("intermediate_size");

        public int Layers { get; } = config.Layers("num_hidden_layers");

        public int Heads { get; } = config.Heads().Heads;

        public int KeyValueHeads { get; } = config.Heads().KeyValueHeads;

        public int HeadSize { get; } = config.Heads().HeadSize;

        public double Epsilon { get; } = config.FindDouble("rms_norm_eps") ?? 1e-6;

        public bool AttentionBias { get; } = config.GetBool("attention_bias", false);

        public bool MlpBias { get; } = config.GetBool("mlp_bias", false);

        public int MaxPositions { get; } = config.Size("max_position_embeddings", 2048);

        public int? PaddingIndex { get; } = config.FindInt("pad_token_id") is int id and >= 0 ? id : null;

        public Func<Tensor, Tensor>? Activation { get; } = (config.FindString("hidden_act") ?? "silu") is "silu" or "swish" ? null : Activations.Of(config.FindString("hidden_act") ?? "silu", config.Path);

        public Rotary Rotary { get; } = new(RotaryConfig.Read(config, config.Heads().HeadSize));
    }

    private sealed class LlamaModel : Layer
    {
        public LlamaModel(Shape shape)
        {
            EmbedTokens = Add("embed_tokens", new Embedding(shape.Vocabulary, shape.Hidden, shape.PaddingIndex));
            Layers = Add("layers", new LayerList<Block>(shape.Layers, _ => new Block(shape)));
            Norm = Add("norm", new RmsNorm(shape.Hidden, shape.Epsilon));
            Rotary = shape.Rotary;
        }

        public Embedding EmbedTokens { get; }

        public LayerList<Block> Layers { get; }

        public RmsNorm Norm { get; }

        public Rotary Rotary { get; }
    }

    private sealed class Block : Layer
    {
        private readonly RmsNorm inputLayernorm;
        private readonly SelfAttention selfAttention;
        private readonly RmsNorm postAttentionLayernorm;
        private readonly Mlp mlp;

        public Block(Shape shape)
        {
            selfAttention = Add("self_attn", new SelfAttention(shape));
            mlp = Add("mlp", new Mlp(shape));
            inputLayernorm = Add("input_layernorm", new RmsNorm(shape.Hidden, shape.Epsilon));
            postAttentionLayernorm = Add("post_attention_layernorm", new RmsNorm(shape.Hidden, shape.Epsilon));
        }

        public Tensor Forward(Tensor x, PackedRows rows, RotaryTables rotary, KvCache? cache, int layer)
        {
            x = x + selfAttention.Forward(inputLayernorm.Forward(x), rows, rotary, cache, layer);
            return x + mlp.Forward(postAttentionLayernorm.Forward(x));
        }
    }

    private sealed class SelfAttention : Layer
    {
        private readonly Projection query;
        private readonly Projection key;
        private readonly Projection value;
        private readonly Projection output;
        private readonly int headSize;
        private readonly double scale;

        public SelfAttention(Shape shape)
        {
            headSize = shape.HeadSize;
            scale = 1 / Math.Sqrt(headSize);
            query = Add("q_proj", new Projection(shape.Hidden, shape.Heads * headSize, shape.AttentionBias));
            key = Add("k_proj", new Projection(shape.Hidden, shape.KeyValueHeads * headSize, shape.AttentionBias));
            value = Add("v_proj", new Projection(shape.Hidden, shape.KeyValueHeads * headSize, shape.AttentionBias));
            output = Add("o_proj", new Projection(shape.Heads * headSize, shape.Hidden, shape.AttentionBias));
        }

        public Tensor Forward(Tensor x, PackedRows rows, RotaryTables rotary, KvCache? cache, int layer)
        {
            var all = Projection.Forward(x, query, key, value);
            var (q, k) = (rotary.Rotate(Heads(all[0])), rotary.Rotate(Heads(all[1])));
            return output.Forward(Attention.Forward(q, k, Heads(all[2]), rows, scale, cache, layer));
        }

        private Tensor Heads(Tensor x) => x.view(x.size(0), -1, headSize);
    }

    private sealed class Mlp : Layer
    {
        private readonly Projection gate;
        private readonly Projection up;
        private readonly Projection down;
        private readonly Func<Tensor, Tensor>? activation;

        public Mlp(Shape shape)
        {
            gate = Add("gate_proj", new Projection(shape.Hidden, shape.Intermediate, shape.MlpBias));
            up = Add("up_proj", new Projection(shape.Hidden, shape.Intermediate, shape.MlpBias));
            down = Add("down_proj", new Projection(shape.Intermediate, shape.Hidden, shape.MlpBias));
            activation = shape.Activation;
        }

        public Tensor Forward(Tensor x)
        {
            var both = Projection.Forward(x, gate, up);
            return down.Forward(activation is null ? SwiGlu.Forward(both[0], both[1]) : activation(both[0]) * both[1]);
        }
    }
}
