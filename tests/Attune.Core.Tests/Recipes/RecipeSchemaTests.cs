using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attune.Recipes;

public class RecipeSchemaTests
{
    private const string Least = "model: {source: a}\ndata: {train: x.jsonl}\nmethod: full\n";

    // Keys that only go together with another one.
    private static readonly Dictionary<string, string[]> Companions = new()
    {
        ["model.config"] = ["model.source=null", "model.tokenizer=t"],
        ["model.tokenizer"] = ["model.source=null", "model.config={\"model_type\":\"llama\"}"],
        ["data.split.train"] = ["data.split.column=c"],
    };

    // Texts that must be of a certain kind.
    private static readonly Dictionary<string, string> Texts = new()
    {
        ["data.now"] = "2026-11-24T09:00:00+01:00",
        ["data.separator"] = "semicolon",
    };

    private static JsonObject Schema { get; } = RecipeSchema.Make(RecipeTests.Names);

    public static IEnumerable<TheoryDataRow<string>> Leaves => Keys(Schema, "").Where(key => key != "method").Select(key => new TheoryDataRow<string>(key));

    [Fact]
    public void Every_key_has_a_description_of_one_sentence() => Assert.All(
        Properties(Schema),
        property => Assert.EndsWith(".", (string)property.Value!["description"]!, StringComparison.Ordinal));

    [Fact]
    public void Every_section_is_closed_and_what_must_be_given_is_said()
    {
        Assert.All(Properties(Schema).Select(p => p.Value!.AsObject()).Where(s => s["properties"] is not null), s => Assert.False((bool)s["additionalProperties"]!));
        Assert.Equal(["method"], Schema["required"]!.AsArray().Select(name => (string)name!));
        Assert.Equal(["train"], Schema["properties"]!["data"]!["required"]!.AsArray().Select(name => (string)name!));
        JsonNode rank = Schema["properties"]!["method"]!["oneOf"]![1]!["properties"]!["lora"]!["properties"]!["rank"]!;
        Assert.Equal("""{"description":"The inner size.","type":"integer","minimum":1,"maximum":4096,"default":8}""", rank.ToJsonString());
    }

    /// <summary>The schema's key is read, carried by the records, and written back: a key that nothing reads cannot be in it.</summary>
    [Theory]
    [MemberData(nameof(Leaves))]
    public void Every_key_of_the_schema_is_read_and_written_back(string key)
    {
        JsonNode value = Texts.TryGetValue(key, out string? text) ? JsonValue.Create(text) : Example(Find(key));
        string[] edits = [.. Companions.GetValueOrDefault(key, []), $"{key}={value.ToJsonString()}"];
        JsonNode? found = Recipe.Parse(Least, "f.yaml", edits, RecipeTests.Names).ToJson();
        foreach (string part in key.Replace("split.first.", "split.most.", StringComparison.Ordinal).Split('.')) // An old name is written as the new one.
        {
            found = found?[part];
        }

        if (found is JsonArray list && value is not JsonArray)
        {
            found = list[0];
        }

        Assert.Equal(value.ToJsonString(), found?.ToJsonString());
        Assert.True(Find(key)["enum"]?.AsArray().Count == 1 || Find(key)["default"]?.ToJsonString() != found?.ToJsonString(), "the example is the default");
    }

    /// <summary>Nothing is written that the schema does not know.</summary>
    [Fact]
    public void Every_key_that_is_written_is_in_the_schema()
    {
        Recipe recipe = Recipe.Parse(Least, "f.yaml", ["data.split.validation=0.1", "data.split.most.validation=3", "train.max_steps=3"], RecipeTests.Names);
        HashSet<string> known = [.. Keys(Schema, "")];
        Assert.All(Written(recipe.ToJson(), ""), key => Assert.Contains(key, known));
    }

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Properties(JsonObject schema) =>
        schema["properties"] is not JsonObject properties ? [] : properties.Concat(properties.SelectMany(p => Properties(p.Value!.AsObject())));

    private static IEnumerable<string> Keys(JsonObject schema, string path) => schema["properties"] is not JsonObject properties ? [path]
        : properties.SelectMany(p => Keys(p.Value!.AsObject(), path.Length == 0 ? p.Key : $"{path}.{p.Key}"));

    private static IEnumerable<string> Written(JsonObject map, string path) => map.SelectMany(pair =>
        pair.Value is JsonObject { Count: > 0 } inner ? Written(inner, path + pair.Key + ".") : [path + pair.Key]);

    private static JsonObject Find(string key) =>
        key.Split('.').Aggregate(Schema, (schema, part) => schema["properties"]![part]!.AsObject());

    // A valid value that is not the default.
    private static JsonNode Example(JsonObject schema)
    {
        if (schema["oneOf"] is JsonArray alternatives)
        {
            return Example(alternatives[0]!.AsObject());
        }

        if (schema["enum"] is JsonArray names)
        {
            return names.Select(name => name!.DeepClone()).FirstOrDefault(name => name.ToJsonString() != schema["default"]?.ToJsonString(), names[0]!.DeepClone());
        }

        double least = double.Parse((schema["minimum"] ?? schema["exclusiveMinimum"])?.ToJsonString() ?? "0", CultureInfo.InvariantCulture);
        return (string?)schema["type"] switch
        {
            "boolean" => JsonValue.Create(!(bool)schema["default"]!),
            "integer" => JsonValue.Create((long)least + (schema["default"]?.ToJsonString() == (least + 7).ToString(CultureInfo.InvariantCulture) ? 8 : 7)),
            "number" => JsonValue.Create(least + 0.25),
            "string" => JsonValue.Create("some text"),
            "object" when schema["properties"] is JsonObject properties => new JsonObject { [properties.First().Key] = "{column}" },
            "object" => new JsonObject { ["some_key"] = 3 },
            var other => throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"no example of {other}")),
        };
    }
}
