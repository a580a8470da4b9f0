using System.Text.Json.Nodes;
using Attune.Formats;
using Attune.Nn;
using Attune.Recipes;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Models;

/// <summary>
/// BERT (Devlin et al. 2018): normalisation behind each part, learned positions, two kinds of tokens for two texts of a row, and a pooler over the
/// first token. Bare, or with a classifier; the heads of other architectures are left out.
/// </summary>
[ModelFamily("bert")]
public sealed class Bert : EncoderModel
{
    private const string Prefix = "bert.";
    private static readonly string[] Parts = ["embeddings.", "encoder.", "pooler."];
    private readonly Encoder encoder;

    /// <summary>Creates the model without memory.</summary>
    /// <param name="config">Its config.json.</param>
    public Bert(HuggingFaceConfig config)
        : base(IsClassifier(config) ? config : config.With([new("architectures", new JsonArray("BertModel"))]))
    {
        var shape = new Shape(config);
        MaxPositions = shape.Positions;
        if (IsClassifier(config))
        {
            encoder = Add("bert", new Encoder(shape));
            Classifier = Add("classifier", new Projection(shape.Hidden, LabelsOf(config).Count, bias: true));
        }
        else
        {
            encoder = Add("", new Encoder(shape));
        }
    }

    /// <inheritdoc/>
    public override Embedding InputEmbedding => encoder.Embeddings.Words;

    /// <inheritdoc/>
    public override Projection? Classifier { get; }

    /// <inheritdoc/>
    public override string ClassifierArchitecture => "BertForSequenceClassification";

    /// <inheritdoc/>
    public override IReadOnlyList<Layer> Blocks => encoder.Blocks;

    /// <inheritdoc/>
    public override int MaxPositions { get; }

    /// <inheritdoc/>
    public override Tensor Hidden(PackedRows rows, IList<Tensor>? states = null)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return RunBlocks(encoder.Embeddings.Forward(rows, ComputeType), encoder.Blocks, (block, x, _) => block.Forward(x, rows), x => x, states);
    }

    /// <inheritdoc/>
    public override Tensor Pooled(Tensor hidden, PackedRows rows)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(rows);
        return encoder.Pooler.Forward(hidden.index_select(0, rows.Firsts));
    }

    /// <summary>The first checkpoints spell gamma and beta; a bare model's file has no prefix, that of another head has one.</summary>
    internal override string? Sanitize(string name)
    {
        if (name.EndsWith(".position_ids", StringComparison.Ordinal))
        {
            return null;
        }

        name = name.EndsWith(".gamma", StringComparison.Ordinal) ? name[..^"gamma".Length] + "weight" : name.EndsWith(".beta", StringComparison.Ordinal) ? name[..^"beta".Length] + "bias" : name;
        string plain = name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;
        return !Parts.Any(part => plain.StartsWith(part, StringComparison.Ordinal)) ? name : Classifier is null ? plain : Prefix + plain;
    }

    /// <summary>A checkpoint that was trained on masked tokens has no pooler.</summary>
    internal override bool MayLack(string name) => name.Contains("pooler.", StringComparison.Ordinal);

    private static bool IsClassifier(HuggingFaceConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return config.Architectures.Contains("BertForSequenceClassification");
    }

    private sealed class Shape
    {
        public Shape(HuggingFaceConfig config)
        {
            Vocabulary = config.Size("vocab_size");
            (Heads, _, HeadSize) = config.Heads();
            Hidden = config.Size("hidden_size");
            Inner = config.Size("intermediate_size");
            Layers = config.Layers("num_hidden_layers");
            Positions = config.Size("max_position_embeddings", 512);
            TokenTypes = config.Size("type_vocab_size", 2);
            Epsilon = config.FindDouble("layer_norm_eps", 0) ?? 1e-12;
            Padding = config.Root.TryGetProperty("pad_token_id", out _) ? config.FindInt("pad_token_id", 0, Vocabulary - 1) : 0;
            string activation = config.FindString("hidden_act") ?? "gelu";
            (Activation, IsGelu) = (Activations.Of(activation, config.Path), activation == "gelu");
            if (config.FindString("position_embedding_type") is { } positions and not "absolute")
            {
                throw config.Error("position_embedding_type", $"is {Names.Quote(positions)}, which is not there", "known is absolute");
            }

            if (config.GetBool("is_decoder", false))
            {
                throw config.Error("is_decoder", "makes it a decoder, which is not there");
            }
        }

        public int Vocabulary { get; }

        public int Heads { get; }

        public int HeadSize { get; }

        public int Hidden { get; }

        public int Inner { get; }

        public int Layers { get; }

        public int Positions { get; }

        public int TokenTypes { get; }

        public double Epsilon { get; }

        public int? Padding { get; }

        public Func<Tensor, Tensor> Activation { get; }

        public bool IsGelu { get; }
    }

    private sealed class Encoder : Layer
    {
        public Encoder(Shape shape)
        {
            Embeddings = Add("embeddings", new Embeddings(shape));
            Blocks = Add("encoder", new Stack(shape)).Blocks.Items;
            Pooler = Add("pooler", new Pooler(shape));
        }

        public Embeddings Embeddings { get; }

        public IReadOnlyList<Block> Blocks { get; }

        public Pooler Pooler { get; }
    }

    private sealed class Stack : Layer
    {
        public Stack(Shape shape) => Blocks = Add("layer", new LayerList<Block>(shape.Layers, _ => new Block(shape)));

        public LayerList<Block> Blocks { get; }
    }

    private sealed class Embeddings : Layer
    {
        private readonly Embedding positions;
        private readonly Embedding tokenTypes;
        private readonly LayerNorm norm;

        public Embeddings(Shape shape)
        {
            Words = Add("word_embeddings", new Embedding(shape.Vocabulary, shape.Hidden, shape.Padding));
            positions = Add("position_embeddings", new Embedding(shape.Positions, shape.Hidden));
            tokenTypes = Add("token_type_embeddings", new Embedding(shape.TokenTypes, shape.Hidden));
            norm = Add("LayerNorm", new LayerNorm(shape.Hidden, shape.Epsilon));
        }

        public Embedding Words { get; }

        public Tensor Forward(PackedRows rows, ScalarType type) => norm.Forward(
            Words.Forward(rows.InputIds, type) + positions.Forward(rows.Positions, type) + tokenTypes.Forward(rows.TokenTypes ?? rows.InputIds.new_zeros(rows.InputIds.shape), type));
    }

    private sealed class Block : Layer
    {
        private readonly SelfAttention attention;
        private readonly Intermediate intermediate;
        private readonly Output output;

        public Block(Shape shape)
        {
            attention = Add("attention", new SelfAttention(shape));
            intermediate = Add("intermediate", new Intermediate(shape));
            output = Add("output", new Output(shape.Inner, shape));
        }

        public Tensor Forward(Tensor x, PackedRows rows)
        {
            x = attention.Forward(x, rows);
            return output.Forward(intermediate.Forward(x), x);
        }
    }

    private sealed class SelfAttention : Layer
    {
        private readonly Heads heads;
        private readonly Output output;

        public SelfAttention(Shape shape)
        {
            heads = Add("self", new Heads(shape));
            output = Add("output", new Output(shape.Hidden, shape));
        }

        public Tensor Forward(Tensor x, PackedRows rows) => output.Forward(heads.Forward(x, rows), x);
    }

    private sealed class Heads : Layer
    {
        private readonly Projection query;
        private readonly Projection key;
        private readonly Projection value;
        private readonly int heads;
        private readonly double scale;

        public Heads(Shape shape)
        {
            (heads, scale) = (shape.Heads, 1 / Math.Sqrt(shape.HeadSize));
            query = Add("query", new Projection(shape.Hidden, shape.Hidden, bias: true));
            key = Add("key", new Projection(shape.Hidden, shape.Hidden, bias: true));
            value = Add("value", new Projection(shape.Hidden, shape.Hidden, bias: true));
        }

        public Tensor Forward(Tensor x, PackedRows rows)
        {
            if (is_grad_enabled())
            {
                return EncoderAttention.Forward(Split(query.Forward(x)), Split(key.Forward(x)), Split(value.Forward(x)), rows, scale);
            }

            var ((q, queryBias), (k, _), (v, valueBias)) = (query.ForwardApart(x), key.ForwardApart(x), value.ForwardApart(x));
            return EncoderAttention.ForwardApart(Split(q), Split(k), Split(v), queryBias, valueBias, rows, scale);
        }

        private Tensor Split(Tensor x) => x.reshape(x.size(0), heads, -1);
    }

    private sealed class Intermediate : Layer
    {
        private readonly Projection dense;
        private readonly Func<Tensor, Tensor> activation;
        private readonly bool gelu;

        public Intermediate(Shape shape)
        {
            dense = Add("dense", new Projection(shape.Hidden, shape.Inner, bias: true));
            (activation, gelu) = (shape.Activation, shape.IsGelu);
        }

        public Tensor Forward(Tensor x)
        {
            if (!gelu)
            {
                return activation(dense.Forward(x));
            }

            var (output, bias) = dense.ForwardApart(x);
            return bias is null ? activation(output) : Gelu.Forward(output, bias);
        }
    }

    /// <summary>Back to the hidden width, added to what went in, normalised.</summary>
    private sealed class Output : Layer
    {
        private readonly Projection dense;
        private readonly LayerNorm norm;

        public Output(int width, Shape shape)
        {
            dense = Add("dense", new Projection(width, shape.Hidden, bias: true));
            norm = Add("LayerNorm", new LayerNorm(shape.Hidden, shape.Epsilon));
        }

        public Tensor Forward(Tensor x, Tensor before)
        {
            var (output, bias) = dense.ForwardApart(x);
            return norm.ForwardSum(output, bias, before);
        }
    }

    private sealed class Pooler : Layer
    {
        private readonly Projection dense;

        public Pooler(Shape shape) => dense = Add("dense", new Projection(shape.Hidden, shape.Hidden, bias: true));

        public Tensor Forward(Tensor first) => dense.Forward(first).tanh();
    }
}
