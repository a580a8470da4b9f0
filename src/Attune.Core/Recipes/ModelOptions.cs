using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Attune.Recipes;

/// <summary>What a model's numbers are computed in.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Precision>))]
public enum Precision
{
    /// <summary>bfloat16 where the processor has it, else float32.</summary>
    [JsonStringEnumMemberName("auto")]
    Auto,

    /// <summary>32-bit floats.</summary>
    [JsonStringEnumMemberName("float32")]
    Float32,

    /// <summary>bfloat16 weights and activations; what is trained, and every sum, in float32.</summary>
    [JsonStringEnumMemberName("bf16")]
    BFloat16,
}

/// <summary>The section <c>model</c>: the model to start from. Either <see cref="Source"/> or <see cref="Config"/> is given.</summary>
public sealed record ModelOptions
{
    /// <summary>A model on the Hugging Face hub (<c>org/name</c>), a folder in its layout, a <c>.gguf</c> file, or <c>builtin:tiny</c>.</summary>
    public string? Source { get; init; }

    /// <summary>The branch, tag or commit on the hub; null: <c>main</c>.</summary>
    public string? Revision { get; init; }

    /// <summary>A new model with random weights, described as in <c>config.json</c>: for pretraining.</summary>
    [JsonIgnore]
    public RecipeMap? Config { get; init; }

    /// <summary>For a new model: a folder with its tokenizer and chat template, a tokenizer.json, or <c>builtin:tiny</c> for its tokenizer.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>An adapter's folder (PEFT's layout) to go on from or to evaluate.</summary>
    public string? Adapter { get; init; }

    /// <summary>What is computed in. Default <see cref="Precision.Auto"/>.</summary>
    public Precision Precision { get; init; } = Precision.Auto;

    [JsonInclude]
    [JsonPropertyName("config")]
    internal JsonObject? ConfigJson => Config?.ToJson();

    internal static ModelOptions Read(OptionReader options)
    {
        ModelOptions read = new()
        {
            Source = options.TextOrNull("source", "A model on the Hugging Face hub (org/name), a folder, a .gguf file, or builtin:tiny."),
            Revision = options.TextOrNull("revision", "The branch, tag or commit on the hub; main where it is absent."),
            Config = options.Map("config", "Instead of source: a new model with random weights, described as in config.json."),
            Tokenizer = options.TextOrNull("tokenizer",
                "For a new model: a folder with its tokenizer and chat template, a tokenizer.json, or builtin:tiny for its tokenizer."),
            Adapter = options.TextOrNull("adapter", "An adapter's folder (PEFT's layout) to go on from or to evaluate."),
            Precision = options.Choice("precision", "What is computed in; auto: bf16 where the processor has it.", Precision.Auto, Precisions),
        };
        if (read.Source is null && read.Config is null && !options.Has("source") && !options.Has("config"))
        {
            options.Fail("source", "is missing (or model.config, for a new model)");
        }
        else if (read.Source is not null && read.Config is not null)
        {
            options.Fail("config", "must be left out where model.source is given: the source has its own");
        }
        else if (read.Source is not null && read.Tokenizer is not null)
        {
            options.Fail("tokenizer", "must be left out where model.source is given: the source has its own");
        }
        else if (read.Config is not null && read.Tokenizer is null && !options.Has("tokenizer"))
        {
            options.Fail("config", "needs model.tokenizer beside it: a folder with a tokenizer.json, which `attune tokenizer` makes");
        }

        return read;
    }

    /// <summary>The precision of a word; null: it is none.</summary>
    internal static Precision? PrecisionOf(string word) => Precisions.TryGetValue(word, out var precision) ? precision : null;

    private static readonly Dictionary<string, Precision> Precisions = new Dictionary<string, Precision>
    {
        ["auto"] = Precision.Auto,
        ["float32"] = Precision.Float32,
        ["bf16"] = Precision.BFloat16,
        ["fp32"] = Precision.Float32,
        ["bfloat16"] = Precision.BFloat16,
    };
}
