using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Attune.Recipes;

/// <summary>The section <c>data</c>: the rows to learn from and to measure on. Paths are relative to the current folder.</summary>
public sealed record DataOptions
{
    /// <summary>Files (JSONL, CSV, TSV, Parquet) or patterns (<c>data/*.jsonl</c>) of training rows; at least one.</summary>
    public required IReadOnlyList<string> Train { get; init; }

    /// <summary>Files of validation rows; empty: see <see cref="Split"/>.</summary>
    public IReadOnlyList<string> Validation { get; init; } = [];

    /// <summary>Files of test rows; empty: see <see cref="Split"/>.</summary>
    public IReadOnlyList<string> Test { get; init; } = [];

    /// <summary>How a row says what it says: <c>messages</c>, <c>sharegpt</c>, <c>alpaca</c>, <c>prompt-completion</c>, <c>text</c>; default <c>auto</c>: told by content.</summary>
    public string Format { get; init; } = "auto";

    /// <summary>Rows of other columns: the messages that a row becomes. Empty: none.</summary>
    [JsonIgnore]
    public IReadOnlyList<MappedMessage> Map { get; init; } = [];

    /// <summary>Whether white space around each text is removed. Default true.</summary>
    public bool Trim { get; init; } = true;

    /// <summary>Whether rows with an empty text are dropped (and counted) instead of being an error. Default true.</summary>
    public bool DropEmpty { get; init; } = true;

    /// <summary>How the rows of <see cref="Train"/> are divided; null: all of them train.</summary>
    [JsonIgnore]
    public SplitOptions? Split { get; init; }

    /// <summary>The most rows to train on, the first ones; null: all.</summary>
    public int? MaxRows { get; init; }

    /// <summary>How many bad rows are put aside and written to <c>rejected.jsonl</c> before it is an error. Default 0.</summary>
    public int SkipBad { get; init; }

    [JsonInclude]
    [JsonPropertyName("map")]
    internal JsonArray? MapJson => Map.Count == 0 ? null
        : [.. Map.Select(message => (JsonNode?)new JsonObject { [message.Role] = message.Template })];

    [JsonInclude]
    [JsonPropertyName("split")]
    internal JsonObject? SplitJson => Split?.ToJson();

    internal static DataOptions Read(OptionReader options, RecipeNames names)
    {
        DataOptions read = new()
        {
            Train = options.Texts("train", "Files of training rows (JSONL, CSV, TSV, Parquet) or patterns such as data/*.jsonl; one or a list."),
            Validation = options.Texts("validation", "Files of validation rows; one or a list."),
            Test = options.Texts("test", "Files of test rows; one or a list."),
            Format = options.Name("format", "How a row says what it says; auto: told by content.", "auto", names.Formats),
            Map = MappedMessage.ReadAll(options),
            Trim = options.Boolean("trim", "Whether white space around each text is removed.", true),
            DropEmpty = options.Boolean("drop_empty", "Whether rows with an empty text are dropped and counted instead of being an error.", true),
            Split = SplitOptions.Read(options.Section("split", "How the rows of train are divided: by fractions, or by a column's values.")),
            MaxRows = options.IntegerOrNull("max_rows", "The most rows to train on, the first ones.", new NumberRange(1)),
            SkipBad = options.Integer("skip_bad", "How many bad rows are put aside (rejected.jsonl) before it is an error.", 0, NumberRange.NotNegative),
        };
        if (!options.Has("train"))
        {
            options.Missing("train");
        }

        if (read.Map.Count > 0 && read.Format != "auto")
        {
            options.Fail("map", "must be left out where data.format is given: it says itself how a row is read");
        }

        return read;
    }
}
