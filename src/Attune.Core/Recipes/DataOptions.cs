using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Attune.Data;
using Attune.Text;

namespace Attune.Recipes;

/// <summary>The section <c>data</c>: the rows to learn from and to measure on. Paths are relative to the current folder.</summary>
public sealed record DataOptions
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:sszzz";
    private static readonly Dictionary<string, bool> SpecialTokens = new() { ["text"] = false, ["parse"] = true };
    private static readonly string[] Roles = ["text", "text_pair", "label", "messages", "system", "user", "assistant"];

    /// <summary>Files of training rows, patterns (<c>data/*.jsonl</c>) or folders; at least one.</summary>
    public required IReadOnlyList<string> Train { get; init; }

    /// <summary>Files of validation rows; empty: see <see cref="Split"/>.</summary>
    public IReadOnlyList<string> Validation { get; init; } = [];

    /// <summary>Files of test rows; empty: see <see cref="Split"/>.</summary>
    public IReadOnlyList<string> Test { get; init; } = [];

    /// <summary>How a row says what it says: <c>messages</c>, <c>sharegpt</c>, <c>alpaca</c>, <c>prompt-completion</c>, <c>text</c>, <c>labelled</c>, <c>label-first</c>; default <c>auto</c>: told by the columns.</summary>
    public string Format { get; init; } = "auto";

    /// <summary>For columns of other names: the messages that a row becomes. Empty: none.</summary>
    [JsonIgnore]
    public IReadOnlyList<MappedColumn> Map { get; init; } = [];

    /// <summary>For classification: the labels in the order of their numbers; another one makes a row bad. Empty: collected from the rows.</summary>
    public IReadOnlyList<string> Labels { get; init => field = [.. value.Select(LabelSpelling.Of)]; } = [];

    /// <summary>What a row of a plain text file is. Default <see cref="TextUnit.Document"/>.</summary>
    [JsonIgnore]
    public TextUnit TextUnit { get; init; } = TextUnit.Document;

    /// <summary>What separates the columns of CSV and TSV files, an ASCII character; null: told by each file.</summary>
    [JsonIgnore]
    public char? Separator { get; init; }

    /// <summary>
    /// Whether special tokens that rows spell are those tokens, as in rows that were put through a chat template already; false: they are
    /// text. Default false.
    /// </summary>
    [JsonIgnore]
    public bool ParsesSpecialTokens { get; init; }

    /// <summary>Whether white space around each mapped text is removed. Default true.</summary>
    public bool Trim { get; init; } = true;

    /// <summary>Whether rows with an empty text are dropped and counted instead of being an error. Default true.</summary>
    public bool DropEmpty { get; init; } = true;

    /// <summary>How the rows of <see cref="Train"/> are divided; null: all of them train.</summary>
    [JsonIgnore]
    public SplitRule? Split { get; init; }

    /// <summary>The most rows to train on, 1 or more: a sample, in which each label has its share; null: all.</summary>
    public int? MaxRows { get; init; }

    /// <summary>How many bad rows are put aside (<c>rejected.jsonl</c>) before it is an error, 0 or more. Default 0.</summary>
    public int SkipBad { get; init; }

    /// <summary>What time it is for chat templates that write the date; null: when the run begins, which its own recipe then says.</summary>
    [JsonIgnore]
    public DateTimeOffset? Now { get; init; }

    /// <summary><see cref="Now"/> as a clock.</summary>
    [JsonIgnore]
    internal TimeProvider? Clock => Now is { } now ? new StoppedClock(now) : null;

    [JsonInclude]
    [JsonPropertyName("now")]
    internal string? NowJson => Now?.ToString(TimeFormat, CultureInfo.InvariantCulture);

    [JsonInclude]
    [JsonPropertyName("map")]
    internal JsonArray? MapJson => Map.Count == 0 ? null : [.. Map.Select(column => (JsonNode?)new JsonObject { [column.Role] = column.Template })];

    [JsonInclude]
    [JsonPropertyName("text_unit")]
    internal string TextUnitJson => TextUnits.First(pair => pair.Value == TextUnit).Key;

    [JsonInclude]
    [JsonPropertyName("separator")]
    internal string? SeparatorJson => Separators.FirstOrDefault(pair => pair.Value == Separator).Key ?? Separator?.ToString();

    [JsonInclude]
    [JsonPropertyName("special_tokens")]
    internal string SpecialTokensJson => ParsesSpecialTokens ? "parse" : "text";

    [JsonInclude]
    [JsonPropertyName("split")]
    internal JsonObject? SplitJson => Split is null ? null : SplitSection.Write(Split);

    /// <summary>The same as what <see cref="ExampleReader"/> reads.</summary>
    public ExampleSource ToSource()
    {
        SplitRule split = Split ?? new SplitRule();
        return new ExampleSource
        {
            Train = Train,
            Validation = Validation,
            Test = Test,
            Read = ReadOptions.Default with { TextUnit = TextUnit, Delimiter = Separator },
            Form = Format == "auto" ? null : Format,
            Map = Map.Count == 0 ? null : Map,
            Labels = Labels,
            Trim = Trim,
            DropEmpty = DropEmpty,
            Split = split with { TrainMost = MaxRows is { } most ? Math.Min(most, split.TrainMost ?? most) : split.TrainMost },
            SkipBad = SkipBad,
        };
    }

    internal static DataOptions Read(OptionReader options)
    {
        bool trim = options.Boolean("trim", "Whether white space around each mapped text is removed.", true);
        DataOptions read = new()
        {
            Train = options.Texts("train", "Files of training rows (JSONL, CSV, TSV, Parquet, text), patterns such as data/*.jsonl, or folders; one or a list."),
            Validation = options.Texts("validation", "Files of validation rows; one or a list."),
            Test = options.Texts("test", "Files of test rows; one or a list."),
            Format = options.Name("format", "How a row says what it says; auto: told by the columns.", "auto", ["auto", .. ExampleForms.All.Select(form => form.Name)]),
            Map = ReadMap(options, trim),
            Labels = ReadLabels(options),
            TextUnit = options.Choice("text_unit", "What a row of a plain text file is.", TextUnit.Document, TextUnits),
            Separator = ReadSeparator(options),
            ParsesSpecialTokens = options.Choice("special_tokens",
                "What special tokens that rows spell are: text, or parse: those tokens, as in rows that were put through a chat template already.", false, SpecialTokens),
            Trim = trim,
            DropEmpty = options.Boolean("drop_empty", "Whether rows with an empty text are dropped and counted instead of being an error.", true),
            Split = SplitSection.Read(options.Section("split", "How the rows of train are divided: by shares, or by a column's values.")),
            MaxRows = options.IntegerOrNull("max_rows", "The most rows to train on: a sample drawn by data.split.seed, in which each label has its share.", new NumberRange(1)),
            SkipBad = options.Integer("skip_bad", "How many bad rows are put aside (rejected.jsonl) before it is an error.", 0, NumberRange.NotNegative),
            Now = ReadNow(options),
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

    private static IReadOnlyList<string> ReadLabels(OptionReader options)
    {
        IReadOnlyList<string> labels = options.Texts("labels", "For classification: the labels in the order of their numbers, none twice; absent: collected from the rows.");
        var known = new Dictionary<string, string>();
        for (int i = 0; i < labels.Count; i++)
        {
            if (LabelSpelling.Of(labels[i]).Length == 0)
            {
                options.FailAt("labels", i, "must be a label (this one is empty)");
            }
            else if (!known.TryAdd(LabelSpelling.Of(labels[i]), labels[i]))
            {
                string first = known[LabelSpelling.Of(labels[i])];
                options.FailAt("labels", i, $"names \"{labels[i]}\" twice" + (first == labels[i] ? "" : $": {first} and {labels[i]} are one label"));
            }
        }

        return labels;
    }

    private static DateTimeOffset? ReadNow(OptionReader options)
    {
        if (options.TextOrNull("now", "What time it is for chat templates that write the date (2026-11-24T09:00:00+01:00); absent: when the run begins.") is not { } text)
        {
            return null;
        }

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var now))
        {
            return now;
        }

        options.Fail("now", $"must be a date and time such as 2026-11-24T09:00:00+01:00 (got {text})");
        return null;
    }

    private static readonly IReadOnlyDictionary<string, char> Separators = new Dictionary<string, char>
    {
        ["comma"] = ',',
        ["semicolon"] = ';',
        ["tab"] = '\t',
        ["pipe"] = '|',
        ["space"] = ' ',
    };

    private static char? ReadSeparator(OptionReader options)
    {
        const string description = "What separates the columns of CSV and TSV files: comma, semicolon, tab, pipe, space, or a character; absent: told by each file.";
        if (options.TextOrNull("separator", description) is not { } text)
        {
            return null;
        }

        if (Separators.TryGetValue(text, out char named))
        {
            return named;
        }

        if (text.Length == 1 && char.IsAscii(text[0]) && text[0] is not ('"' or '\r' or '\n' or '\0'))
        {
            return text[0];
        }

        if (text == "\\t")
        {
            return '\t';
        }

        string words = string.Join(", ", Separators.Keys);
        options.Fail("separator", $"must be {words}, or one ASCII character that is neither a quote nor a line end (got {text})");
        return null;
    }

    private static readonly IReadOnlyDictionary<string, TextUnit> TextUnits = new Dictionary<string, TextUnit>
    {
        ["document"] = TextUnit.Document,
        ["paragraph"] = TextUnit.Paragraph,
        ["line"] = TextUnit.Line,
    };

    private static List<MappedColumn> ReadMap(OptionReader options, bool trim)
    {
        static JsonObject One() => new()
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject(Roles.Select(role => KeyValuePair.Create(role, (JsonNode?)new JsonObject { ["type"] = "string" }))),
        };
        const string description = "For columns of other names: each message's text by role, in which {column} stands for a column's value; a map, or a list of maps for several turns.";
        var schema = new JsonObject { ["oneOf"] = new JsonArray(One(), new JsonObject { ["type"] = "array", ["items"] = One() }) };
        RecipeNode? node = options.Node("map", description, schema);
        List<MappedColumn> columns = [];
        foreach (RecipeNode item in node is RecipeList list ? list.Items : node is null ? [] : [node])
        {
            if (item is not RecipeMap map || map.Entries.Any(entry => entry.Value is not RecipeScalar { IsNull: false }))
            {
                options.Fail("map", $"must be a map from roles to texts, or a list of such maps (got {item.Excerpt})");
                return [];
            }

            // Keys of a map have no order that people mind: the system's word comes first.
            columns.AddRange(map.Entries.Select(entry => new MappedColumn(entry.Key, ((RecipeScalar)entry.Value).Text)).OrderBy(column => Array.IndexOf(Roles, column.Role)));
        }

        if (node is not null)
        {
            options.Check("map", () => new ColumnsForm(columns, trim));
        }

        return columns;
    }
}
