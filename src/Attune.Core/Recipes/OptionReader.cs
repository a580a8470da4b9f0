using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attune.Recipes;

/// <summary>
/// Reads one map of a recipe, key by key. What it is asked for is all that there may be: every key asked for becomes part of the
/// schema with its description, and a key that nobody asks for is an error. Errors are collected, so that a user sees all of them;
/// a getter that finds an error returns its fallback.
/// </summary>
public sealed class OptionReader
{
    private readonly RecipeMap map;
    private readonly string path;
    private readonly List<(RecipePlace Place, string Text)> errors;
    private readonly Dictionary<string, Func<JsonObject>> described = [];
    private readonly List<OptionReader> sections = [];
    private readonly HashSet<string> required = [];

    private OptionReader(RecipeMap map, string path, bool present, List<(RecipePlace Place, string Text)> errors)
    {
        this.map = map;
        this.path = path;
        this.errors = errors;
        Present = present;
    }

    /// <summary>Whether the map is in the recipe at all. Ask for its keys all the same: the schema is made of what is asked for.</summary>
    public bool Present { get; }

    /// <summary>Reads a map of options.</summary>
    /// <param name="options">The map, for example <see cref="MethodChoice.Options"/>.</param>
    /// <param name="path">Its name in messages: <c>method.lora</c>.</param>
    /// <param name="read">Asks for every key that there may be.</param>
    /// <returns>What <paramref name="read"/> makes of it.</returns>
    /// <exception cref="RecipeException">Values that are not allowed, missing or unknown keys: all of them.</exception>
    public static T Read<T>(RecipeMap options, string path, Func<OptionReader, T> read)
    {
        List<(RecipePlace Place, string Text)> errors = [];
        var reader = new OptionReader(options, path, present: true, errors);
        T result = read(reader);
        reader.RefuseUnknownKeys();
        return errors.Count == 0 ? result
            : throw new RecipeException([.. errors.OrderBy(error => (error.Place.Line, error.Place.Column)).Select(error => $"{error.Place}: {error.Text}")]);
    }

    /// <summary>What <paramref name="read"/> asks for, as a JSON Schema of the map.</summary>
    /// <param name="read">Asks for every key that there may be.</param>
    public static JsonObject Describe(Action<OptionReader> read)
    {
        var reader = new OptionReader(RecipeMap.Empty(), "", present: false, []);
        read(reader);
        return reader.Schema();
    }

    /// <summary>Where a key's value was written, and the key's whole name: for errors that show only later, with the model at hand.</summary>
    /// <param name="name">The key.</param>
    public string PlaceOf(string name) => $"{map[name]?.Value.Place ?? map.Place}: {Full(name)}";

    /// <summary>Whether a key is given (and not null).</summary>
    /// <param name="name">The key.</param>
    public bool Has(string name) => map[name] is { Value.IsNull: false };

    /// <summary>True or false.</summary>
    /// <param name="name">The key.</param>
    /// <param name="description">One sentence for the schema.</param>
    /// <param name="fallback">Where the key is absent.</param>
    public bool Boolean(string name, string description, bool fallback) =>
        Value(name, () => new JsonObject { ["type"] = "boolean" }, description, fallback) is not { } node ? fallback
        : (node as RecipeScalar)?.Boolean ?? Wrong(name, node, "true or false", fallback);

    /// <summary>A whole number.</summary>
    /// <param name="name">The key.</param>
    /// <param name="description">One sentence for the schema.</param>
    /// <param name="fallback">Where the key is absent.</param>
    /// <param name="range">What is allowed.</param>
    public int Integer(string name, string description, int fallback, NumberRange range) =>
        (int)(WholeNumber(name, description, fallback, range, int.MaxValue) ?? fallback);

    /// <summary>A whole number, or null where the key is absent.</summary>
    /// <param name="name">The key.</param>
    /// <param name="description">One sentence for the schema.</param>
    /// <param name="range">What is allowed.</param>
    public int? IntegerOrNull(string name, string description, NumberRange range) =>
        (int?)WholeNumber(name, description, null, range, int.MaxValue);

    /// <summary>A whole number of 64 bits.</summary>
    /// <param name="name">The key.</param>
    /// <param name="description">One sentence for the schema.</param>
    /// <param name="fallback">Where the key is absent.</param>
    /// <param name="range">What is allowed.</param>
    public long Long(string name, string description, long fallback, NumberRange range) =>
        WholeNumber(name, description, fallback, range, long.MaxValue) ?? fallback;

    /// <summary>A number.</summary>
    /// <param name="name">The key.</param>
    /// <param name="description">One sentence for the schema.</param>
    /// <param name="fallback">Where the key is absent.</param>
    /// <param name="range">What is allowed.</param>
    public double Number(string name, string description, double fallback, NumberRange range) =>
        NumberOf(name, description, fallback, range) ?? fallback;

    /// <summary>A number, or null where the key is absent.</summary>
    /// <param name="name">The key.</param>
    /// <param name="description">One sentence for the schema.</param>
    /// <param name="range">What is allowed.</param>
    public double? NumberOrNull(string name, string description, NumberRange range) => NumberOf(name, description, null, range);

    /// <summary>Text that is not empty.</summary>
    /// <param name="name">The key.</param>
    /// <param name="description">One sentence for the schema.</param>
    /// <param name="fallback">Where the key is absent.</param>
    public string Text(string name, string description, string fallback) =>
        Value(name, TextSchema, description, fallback) is { } node ? TextOf(name, node) ?? fallback : fallback;

    /// <summary>Text that is not empty, or null where the key is absent.</summary>
    /// <param name="name">The key.</param>
    /// <param name="description">One sentence for the schema.</param>
    public string? TextOrNull(string name, string description) =>
        Value(name, TextSchema, description, null) is { } node ? TextOf(name, node) : null;

    /// <summary>One text or a list of texts, none empty; an empty list where the key is absent.</summary>
    /// <param name="name">The key.</param>
    /// <param name="description">One sentence for the schema.</param>
    public IReadOnlyList<string> Texts(string name, string description)
    {
        return Value(name, () => new JsonObject { ["oneOf"] = new JsonArray(TextSchema(), new JsonObject { ["type"] = "array", ["items"] = TextSchema() }) }, description, null) is { } node ? TextsOf(name, node) : [];
    }

    /// <summary>One of a few names.</summary>
    /// <param name="name">The key.</param>
    /// <param name="description">One sentence for the schema.</param>
    /// <param name="fallback">Where the key is absent.</param>
    /// <param name="valid">The names; null where any is allowed.</param>
    public string Name(string name, string description, string fallback, IReadOnlyCollection<string>? valid)
    {
        JsonObject Schema() => valid is null ? TextSchema() : new JsonObject { ["enum"] = Names(valid) };
        return Value(name, Schema, description, fallback) is { } node ? NameOf(name, node, valid) ?? fallback : fallback;
    }

    /// <summary>One of a few names, each with what it stands for (several may stand for the same).</summary>
    /// <param name="name">The key.</param>
    /// <param name="description">One sentence for the schema.</param>
    /// <param name="fallback">Where the key is absent.</param>
    /// <param name="valid">The names.</param>
    public T Choice<T>(string name, string description, T fallback, IReadOnlyDictionary<string, T> valid)
        where T : struct
    {
        string fallbackName = valid.First(pair => pair.Value.Equals(fallback)).Key;
        return valid[Name(name, description, fallbackName, [.. valid.Keys])];
    }

    /// <summary>A list of a few names (or one of them), none twice; an empty list where the key is absent.</summary>
    /// <param name="name">The key.</param>
    /// <param name="description">One sentence for the schema.</param>
    /// <param name="valid">The names; null where any is allowed.</param>
    public IReadOnlyList<string> NameList(string name, string description, IReadOnlyCollection<string>? valid)
    {
        JsonObject Item() => valid is null ? TextSchema() : new JsonObject { ["enum"] = Names(valid) };
        JsonObject Schema() => new() { ["oneOf"] = new JsonArray(Item(), new JsonObject { ["type"] = "array", ["items"] = Item() }) };
        RecipeNode? node = Value(name, Schema, description, null);
        return node is null ? []
            : node is RecipeList list ? [.. list.Items.Select((item, i) => NameOf($"{name}.{i}", item, valid)).OfType<string>().Distinct()]
            : NameOf(name, node, valid) is { } one ? [one] : [];
    }

    /// <summary>A map with keys and values of the user's own, unchecked; null where the key is absent.</summary>
    /// <param name="name">The key.</param>
    /// <param name="description">One sentence for the schema.</param>
    public RecipeMap? Map(string name, string description)
    {
        RecipeNode? node = Value(name, () => new JsonObject { ["type"] = "object" }, description, null);
        return node is null ? null : node as RecipeMap ?? Wrong<RecipeMap?>(name, node, "a map", null);
    }

    /// <summary>A whole number or a list of them; an empty list where the key is absent.</summary>
    /// <param name="name">The key.</param>
    /// <param name="description">One sentence for the schema.</param>
    /// <param name="range">What is allowed.</param>
    public IReadOnlyList<int> Integers(string name, string description, NumberRange range)
    {
        JsonObject Item() => NumberSchema("integer", range);
        JsonObject Schema() => new() { ["oneOf"] = new JsonArray(Item(), new JsonObject { ["type"] = "array", ["items"] = Item() }) };
        RecipeNode? node = Value(name, Schema, description, null);
        return node is null ? []
            : node is RecipeList list ? [.. list.Items.Select((item, i) => (int)(WholeNumberIn($"{name}.{i}", item, range, int.MaxValue) ?? 0))]
            : WholeNumberIn(name, node, range, int.MaxValue) is { } one ? [(int)one] : [];
    }

    /// <summary>A map from the user's own keys to numbers; an empty one where the key is absent.</summary>
    /// <param name="name">The key.</param>
    /// <param name="description">One sentence for the schema.</param>
    /// <param name="range">What is allowed.</param>
    public IReadOnlyDictionary<string, double> Numbers(string name, string description, NumberRange range)
    {
        JsonObject Schema() => new() { ["type"] = "object", ["additionalProperties"] = NumberSchema("number", range) };
        Dictionary<string, double> numbers = [];
        RecipeNode? node = Value(name, Schema, description, null);
        if (node is not (RecipeMap or null))
        {
            return Wrong(name, node, "a map", numbers);
        }

        foreach (RecipeEntry entry in (node as RecipeMap)?.Entries ?? [])
        {
            numbers[entry.Key] = (entry.Value as RecipeScalar)?.Number is { } number && range.Contains(number) ? number
                : Wrong($"{name}.{entry.Key}", entry.Value, "a number " + range, 0d);
        }

        return numbers;
    }

    /// <summary>Anything; null where the key is absent. The caller checks it and reports with <see cref="Fail"/>.</summary>
    /// <param name="name">The key.</param>
    /// <param name="description">One sentence for the schema.</param>
    /// <param name="schema">What is allowed, as JSON Schema.</param>
    public RecipeNode? Node(string name, string description, JsonObject schema) => Value(name, () => (JsonObject)schema.DeepClone(), description, null);

    /// <summary>A map with keys of its own.</summary>
    /// <param name="name">The key.</param>
    /// <param name="description">One sentence for the schema.</param>
    /// <returns>Its reader; over an empty map where the key is absent (<see cref="Present"/>).</returns>
    public OptionReader Section(string name, string description)
    {
        RecipeNode? node = Value(name, () => [], description, null);
        RecipeMap? found = node as RecipeMap;
        List<(RecipePlace Place, string Text)> within = errors;
        if (node is not null && found is null)
        {
            // One error is enough: that nothing is in it follows.
            within = [];
            Wrong(name, node, "a map", 0);
        }

        var section = new OptionReader(found ?? new RecipeMap(node?.Place ?? map.Place, []), Full(name), found is not null, within);
        sections.Add(section);
        described[name] = () =>
        {
            JsonObject made = section.Schema();
            made.Insert(0, "description", description);
            return made;
        };
        return section;
    }

    /// <summary>One of a few things with options of their own: a bare name (<c>full</c>) or a map of one key (<c>{ lora: { rank: 8 } }</c>).</summary>
    /// <param name="name">The key, which must be given.</param>
    /// <param name="description">One sentence for the schema.</param>
    /// <param name="valid">What each name's options are, as a function that asks for them; null where any name is allowed, unchecked.</param>
    /// <returns>The name and its options, defaults filled in; an empty name where there is an error.</returns>
    public (string Name, RecipeMap Options) Variant(string name, string description, IReadOnlyDictionary<string, Action<OptionReader>>? valid)
    {
        JsonObject Schema() => new()
        {
            ["oneOf"] = new JsonArray(
                valid is null ? TextSchema() : new JsonObject { ["enum"] = Names([.. valid.Keys]) },
                valid is null ? new JsonObject { ["type"] = "object", ["minProperties"] = 1, ["maxProperties"] = 1 } : new JsonObject
                {
                    ["type"] = "object",
                    ["minProperties"] = 1,
                    ["maxProperties"] = 1,
                    ["additionalProperties"] = false,
                    ["properties"] = new JsonObject(valid.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)Describe(pair.Value)))),
                }),
        };
        RecipeNode? node = Value(name, Schema, description, null);
        switch (node)
        {
            case null:
                Missing(name);
                return ("", RecipeMap.Empty(map.Place.File));

            case RecipeScalar when NameOf(name, node, valid?.Keys.ToList()) is { } bare:
                return (bare, Resolve(bare, new RecipeMap(node.Place, [])));

            case RecipeScalar:
                return ("", RecipeMap.Empty(map.Place.File));

            case RecipeMap { Entries: [var entry] }:
                if (valid is not null && !valid.ContainsKey(entry.Key))
                {
                    Add(entry.KeyPlace, $"{Full(name)} has no {entry.Key}", NearestName.Hint(entry.Key, [.. valid.Keys]));
                }
                else if (entry.Value is RecipeMap options || entry.Value.IsNull)
                {
                    options = entry.Value as RecipeMap ?? new RecipeMap(entry.Value.Place, []);
                    return (entry.Key, Resolve(entry.Key, options));
                }
                else
                {
                    Add(entry.Value.Place, $"{Full(name)}.{entry.Key} must be a map (got {entry.Value.Excerpt})");
                }

                return ("", RecipeMap.Empty(map.Place.File));

            default:
                Wrong(name, node, "a name, or a map of one name with its options", 0);
                return ("", RecipeMap.Empty(map.Place.File));
        }

        RecipeMap Resolve(string chosen, RecipeMap options)
        {
            if (valid is null)
            {
                return options;
            }

            var reader = new OptionReader(options, $"{Full(name)}.{chosen}", present: true, errors);
            valid[chosen](reader);
            reader.RefuseUnknownKeys();
            return reader.Resolved();
        }
    }

    /// <summary>Reports that a key, asked for before, cannot be as it is.</summary>
    /// <param name="name">The key.</param>
    /// <param name="problem">What is wrong, to follow the key's name: <c>must be less than max_steps (got 12)</c>.</param>
    public void Fail(string name, string problem) => Add(map[name]?.Value.Place ?? map.Place, $"{Full(name)} {problem}");

    /// <summary>Reports that an item of a key's list, asked for before, cannot be as it is.</summary>
    /// <param name="name">The key.</param>
    /// <param name="item">Which item, from 0.</param>
    /// <param name="problem">What is wrong, to follow the key's name.</param>
    internal void FailAt(string name, int item, string problem) =>
        Add((map[name]?.Value as RecipeList)?.Items[item].Place ?? map[name]?.Value.Place ?? map.Place, $"{Full(name)} {problem}");

    /// <summary>Reports that a key must be given and is not; the schema then says so too.</summary>
    /// <param name="name">The key.</param>
    public void Missing(string name)
    {
        required.Add(name);
        Add(map.Place, Full(name) + " is missing");
    }

    /// <summary>Reports what whoever will use a key's value finds wrong with it.</summary>
    /// <param name="name">The key.</param>
    /// <param name="use">Throws where something is wrong.</param>
    internal void Check(string name, Func<object> use)
    {
        try
        {
            use();
        }
        catch (AttuneException e)
        {
            Add(map[name]?.Value.Place ?? map.Place, $"{Full(name)} cannot be used: {e.Problem}", e.Cure);
        }
    }

    private static JsonObject TextSchema() => new() { ["type"] = "string", ["minLength"] = 1 };

    private static JsonArray Names(IEnumerable<string> names) => [.. names.Select(name => (JsonNode?)JsonValue.Create(name))];

    private static JsonObject NumberSchema(string type, NumberRange range)
    {
        var schema = new JsonObject { ["type"] = type };
        if (double.IsFinite(range.Least))
        {
            schema[range.AboveLeast ? "exclusiveMinimum" : "minimum"] = range.Least;
        }

        if (double.IsFinite(range.Most))
        {
            schema[range.BelowMost ? "exclusiveMaximum" : "maximum"] = range.Most;
        }

        return schema;
    }

    private JsonObject Schema()
    {
        var schema = new JsonObject
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject(described.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value()))),
        };
        if (required.Count > 0)
        {
            schema["required"] = Names(required);
        }

        return schema;
    }

    // What was given, and the defaults of what was not.
    private RecipeMap Resolved() => new(map.Place, [.. described.Keys.Select(Resolved).OfType<RecipeEntry>()]);

    private RecipeEntry? Resolved(string name) =>
        map[name] is { Value.IsNull: false } given ? given
        : described[name]()["default"] is not { } value ? null
        : new RecipeEntry(name, map.Place, new RecipeScalar(map.Place, value.ToString(), quoted: value.GetValueKind() == JsonValueKind.String));

    private void RefuseUnknownKeys()
    {
        foreach (RecipeEntry entry in map.Entries.Where(entry => !described.ContainsKey(entry.Key)))
        {
            string where = path.Length == 0 ? "a recipe" : path;
            Add(entry.KeyPlace, described.Count == 0 ? $"{where} has no options (got {entry.Key})"
                : $"{where} has no key {entry.Key}", described.Count == 0 ? null : NearestName.Hint(entry.Key, described.Keys));
        }

        sections.ForEach(section => section.RefuseUnknownKeys());
    }

    private string Full(string name) => path.Length == 0 ? name : $"{path}.{name}";

    // Every getter comes through here: the key is described, and looked up.
    private RecipeNode? Value(string name, Func<JsonObject> schema, string description, JsonNode? fallback)
    {
        described[name] = () =>
        {
            JsonObject made = schema();
            if (fallback is not null)
            {
                made["default"] = fallback.DeepClone();
            }

            made.Insert(0, "description", description);
            return made;
        };
        return map[name] is { Value: { IsNull: false } value } ? value : null;
    }

    private long? WholeNumber(string name, string description, long? fallback, NumberRange range, long most)
    {
        JsonNode? node = fallback is { } number ? JsonValue.Create(number) : null;
        return Value(name, () => NumberSchema("integer", range), description, node) is { } found ? WholeNumberIn(name, found, range, most) ?? fallback : fallback;
    }

    private long? WholeNumberIn(string name, RecipeNode node, NumberRange range, long most) =>
        (node as RecipeScalar)?.Integer is { } value && value >= -most && value <= most && range.Contains(value) ? value
        : Wrong<long?>(name, node, "a whole number " + range, null);

    private double? NumberOf(string name, string description, double? fallback, NumberRange range)
    {
        JsonNode? node = fallback is { } number ? JsonValue.Create(number) : null;
        return Value(name, () => NumberSchema("number", range), description, node) is { } found ? NumberIn(name, found, range) ?? fallback : fallback;
    }

    internal double? NumberIn(string name, RecipeNode node, NumberRange range) =>
        (node as RecipeScalar)?.Number is not { } value ? Wrong<double?>(name, node, "a number " + range, null)
        : range.Contains(value) ? value : Wrong<double?>(name, node, range.ToString(), null);

    internal string? TextOf(string name, RecipeNode node) =>
        node is RecipeScalar { Text: { Length: > 0 } text, IsNull: false } ? text : Wrong<string?>(name, node, "text", null);

    internal IReadOnlyList<string> TextsOf(string name, RecipeNode node) =>
        node is RecipeList list ? [.. list.Items.Select((item, i) => TextOf($"{name}.{i}", item)).OfType<string>()]
        : TextOf(name, node) is { } text ? [text] : [];

    private string? NameOf(string name, RecipeNode node, IReadOnlyCollection<string>? valid)
    {
        if (TextOf(name, node) is not { } text || valid is null || valid.Contains(text))
        {
            return (node as RecipeScalar)?.Text is { Length: > 0 } any ? any : null;
        }

        string one = valid.Count == 1 ? valid.First() : "one of " + string.Join(", ", valid);
        string? nearest = NearestName.Of(text, valid);
        Add(node.Place, $"{Full(name)} must be {one} (got {node.Excerpt})", nearest is null ? null : $"did you mean {nearest}?");
        return null;
    }

    private T Wrong<T>(string name, RecipeNode node, string wanted, T fallback)
    {
        Add(node.Place, $"{Full(name)} must be {wanted} (got {node.Excerpt})");
        return fallback;
    }

    private void Add(RecipePlace place, string problem, string? cure = null) =>
        errors.Add((place, cure is null ? problem : $"{problem}; {cure}"));
}
