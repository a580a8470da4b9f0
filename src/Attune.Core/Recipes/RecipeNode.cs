using System.Globalization;
using System.Text.Json.Nodes;

namespace Attune.Recipes;

/// <summary>Where a node of a recipe was written.</summary>
/// <param name="File">The file, or the edit (<c>--set train.epochs=3</c>) that made the node.</param>
/// <param name="Line">From 1; 0 where there is no line.</param>
/// <param name="Column">From 1; 0 where there is no column.</param>
public readonly record struct RecipePlace(string File, int Line, int Column)
{
    /// <summary><c>file:line:column</c>, or the file alone.</summary>
    public override string ToString() => Line == 0 ? File : $"{File}:{Line}:{Column}";
}

/// <summary>A piece of a recipe as it was written: a scalar, a list or a map, with its place. It never changes.</summary>
public abstract class RecipeNode
{
    private protected RecipeNode(RecipePlace place) => Place = place;

    /// <summary>Where it was written.</summary>
    public RecipePlace Place { get; }

    /// <summary>True for <c>null</c>, <c>~</c> and nothing at all: read as if the key were absent.</summary>
    public virtual bool IsNull => false;

    /// <summary>The same as JSON: plain scalars become null, true, false and numbers where they read as such, all others text.</summary>
    public abstract JsonNode? ToJson();

    /// <summary>What an error message says was found.</summary>
    internal abstract string Excerpt { get; }
}

/// <summary>Text, a number, true, false or null.</summary>
public sealed class RecipeScalar : RecipeNode
{
    internal RecipeScalar(RecipePlace place, string text, bool quoted)
        : base(place)
    {
        Text = text;
        Quoted = quoted;
    }

    /// <summary>The text, without quotes.</summary>
    public string Text { get; }

    /// <summary>True where quotes (or a block of text) say that this is text even if it looks like a number.</summary>
    public bool Quoted { get; }

    /// <inheritdoc/>
    public override bool IsNull => !Quoted && Text is "" or "~" or "null" or "Null" or "NULL";

    internal override string Excerpt
    {
        get
        {
            string text = Text.Length > 60 ? Text[..57] + "…" : Text;
            text = text.ReplaceLineEndings("\\n");
            return Quoted ? $"\"{text}\"" : text.Length == 0 ? "nothing" : text;
        }
    }

    /// <summary>True or false, or null where it is neither.</summary>
    internal bool? Boolean => Quoted ? null : Text switch
    {
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        _ => null,
    };

    /// <summary>A whole number, or null where it is none.</summary>
    internal long? Integer => !Quoted
        && long.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : null;

    /// <summary>A finite number, or null where it is none.</summary>
    internal double? Number => !Quoted
        && Text.Length > 0 && (char.IsAsciiDigit(Text[^1]) || Text[^1] == '.')
        && double.TryParse(Text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double value)
        && double.IsFinite(value) ? value : null;

    /// <inheritdoc/>
    public override JsonNode? ToJson() => IsNull ? null
        : Boolean is { } boolean ? JsonValue.Create(boolean)
        : Integer is { } integer ? JsonValue.Create(integer)
        : Number is { } number ? JsonValue.Create(number)
        : JsonValue.Create(Text);
}

/// <summary>A list.</summary>
public sealed class RecipeList : RecipeNode
{
    internal RecipeList(RecipePlace place, IReadOnlyList<RecipeNode> items)
        : base(place) => Items = items;

    /// <summary>The items, in order.</summary>
    public IReadOnlyList<RecipeNode> Items { get; }

    internal override string Excerpt => "a list";

    /// <inheritdoc/>
    public override JsonNode ToJson() => new JsonArray([.. Items.Select(item => item.ToJson())]);
}

/// <summary>A key of a map with its value.</summary>
/// <param name="Key">The key.</param>
/// <param name="KeyPlace">Where the key was written.</param>
/// <param name="Value">The value.</param>
public sealed record RecipeEntry(string Key, RecipePlace KeyPlace, RecipeNode Value);

/// <summary>Keys with values, in the order in which they were written, none twice.</summary>
public sealed class RecipeMap : RecipeNode
{
    private readonly Dictionary<string, RecipeEntry> byKey;

    internal RecipeMap(RecipePlace place, IReadOnlyList<RecipeEntry> entries)
        : base(place)
    {
        Entries = entries;
        byKey = entries.ToDictionary(entry => entry.Key, StringComparer.Ordinal);
    }

    /// <summary>The entries, in order.</summary>
    public IReadOnlyList<RecipeEntry> Entries { get; }

    /// <summary>The entry of a key, or null.</summary>
    /// <param name="key">The key.</param>
    public RecipeEntry? this[string key] => byKey.GetValueOrDefault(key);

    internal override string Excerpt => "a map";

    /// <summary>A map of nothing.</summary>
    /// <param name="file">What its place says.</param>
    public static RecipeMap Empty(string file = "recipe") => new(new RecipePlace(file, 0, 0), []);

    /// <summary>A map as a recipe would have it, for recipes that are made in code: <c>{ rank: 16, alpha: 32 }</c>.</summary>
    /// <param name="yaml">The text.</param>
    /// <exception cref="AttuneException">It is no map, or not YAML as a recipe may use it.</exception>
    public static RecipeMap Parse(string yaml)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        RecipeNode node = YamlReader.Read(yaml, "recipe");
        return node as RecipeMap ?? throw new AttuneException(ExitCode.Usage, node.Place.ToString(), $"must be a map (got {node.Excerpt})");
    }

    /// <inheritdoc/>
    public override JsonObject ToJson() =>
        new(Entries.Select(entry => KeyValuePair.Create(entry.Key, entry.Value.ToJson())));
}
