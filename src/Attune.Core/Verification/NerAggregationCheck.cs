using System.Text.Json;
using Attune.Spans;
using Attune.Text;

namespace Attune.Verification;

/// <summary>Fixtures of kind <c>ner-aggregation</c>: from a token classifier's scores to entities.</summary>
internal sealed class NerAggregationCheck : IFixtureCheck
{
    public string Kind => "ner-aggregation";

    public FixtureResult Check(Fixture fixture)
    {
        var comparison = new TensorComparison(fixture.Tolerance);
        Tokenizer tokenizer = Tokenizer.FromFolder(fixture.ResolveKey("tokenizer")!);
        if (tokenizer.ContinuingSubwordPrefix != (fixture.Text("continuing_subword_prefix") ?? ""))
        {
            comparison.Problem($"the tokenizer marks pieces with \"{tokenizer.ContinuingSubwordPrefix}\"");
        }

        int number = 0;
        foreach (JsonElement test in fixture.ReadJsonFile("cases.json").EnumerateArray())
        {
            string strategy = test.GetProperty("strategy").GetString()!;
            CheckCase($"case {number++} ({strategy})", test, tokenizer, strategy, comparison);
        }

        return comparison.Result;
    }

    private static void CheckCase(string name, JsonElement test, Tokenizer tokenizer, string strategy, TensorComparison comparison)
    {
        string[]? words = test.TryGetProperty("words", out JsonElement list) ? Strings(list) : null;
        JoinedWords? joined = words is null ? null : new JoinedWords(words, test.GetProperty("delimiter").GetString()!);
        string text = joined?.Text ?? test.GetProperty("text").GetString()!;
        var decoder = new EntityDecoder(tokenizer, Strings(test.GetProperty("labels")))
        {
            Strategy = Enum.Parse<EntityStrategy>(strategy, ignoreCase: true),
            IgnoreLabels = Strings(test.GetProperty("ignore_labels")),
        };
        IReadOnlyList<TextEntity> entities = decoder.Decode(text, [.. test.GetProperty("chunks").EnumerateArray().Select(chunk => Window(chunk, text, words, joined))]);
        List<JsonElement> expected = [.. test.GetProperty("result").EnumerateArray()];
        if (entities.Count != expected.Count)
        {
            comparison.Problem($"{name} has {Words.Count(entities.Count, "entity", "entities")}, expected {expected.Count}");
            return;
        }

        for (int i = 0; i < expected.Count; i++)
        {
            Compare($"{name}, entity {i}", Json(entities[i] with { Range = SpanCases.InCodePoints(entities[i].Range, text) }), expected[i], comparison);
        }
    }

    private static EntityWindow Window(JsonElement chunk, string text, string[]? words, JoinedWords? joined)
    {
        JsonElement offsets = chunk.GetProperty("offsets");
        int?[] wordIds = joined is null ? [] : SpanCases.WordIds(chunk.GetProperty("word_ids"));
        string Of(int token) => wordIds.Length > 0 && wordIds[token] is { } word ? words![word] : text;
        TextRange[] ranges = [.. offsets.EnumerateArray().Select((pair, token) => SpanCases.Range(pair, Of(token)))];
        return new EntityWindow
        {
            Ids = [.. chunk.GetProperty("input_ids").EnumerateArray().Select(id => id.GetInt32())],
            Tokens = Strings(chunk.GetProperty("tokens")),
            Offsets = joined?.InText(ranges, wordIds) ?? ranges,
            SpecialTokensMask = [.. chunk.GetProperty("special_tokens_mask").EnumerateArray().Select(one => one.GetInt32())],
            Logits = chunk.GetProperty("logits").EnumerateArray().SelectMany(SpanCases.Floats).ToArray(),
        };
    }

    // The names of the fields count too.
    private static void Compare(string name, JsonElement actual, JsonElement expected, TensorComparison comparison)
    {
        foreach (string key in actual.EnumerateObject().Concat(expected.EnumerateObject()).Select(member => member.Name).Distinct())
        {
            if (!actual.TryGetProperty(key, out JsonElement ours) || !expected.TryGetProperty(key, out JsonElement theirs))
            {
                comparison.Problem($"{name}: {key} is only in {(expected.TryGetProperty(key, out _) ? "the expected" : "ours")}");
            }
            else if (key == "score")
            {
                comparison.Compare<double>($"{name}, score", [1], [ours.GetDouble()], [theirs.GetDouble()]);
            }
            else if (ours.ToString() != theirs.ToString())
            {
                comparison.Problem($"{name}: {key} is {ours.GetRawText()}, expected {theirs.GetRawText()}");
            }
        }
    }

    private static JsonElement Json(TextEntity entity)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            entity.WriteTo(json);
        }

        return JsonDocument.Parse(stream.ToArray()).RootElement;
    }

    private static string[] Strings(JsonElement list) => [.. list.EnumerateArray().Select(one => one.GetString()!)];
}
