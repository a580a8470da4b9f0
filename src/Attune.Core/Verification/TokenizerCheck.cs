using System.Text.Json;
using Attune.Formats;
using Attune.Text;

namespace Attune.Verification;

/// <summary>Fixtures of kind <c>tokenizer</c>: ids, offsets and text of whole tokenizers, batches, and decoding.</summary>
internal sealed class TokenizerCheck : IFixtureCheck
{
    public string Kind => "tokenizer";

    /// <summary>The reader of broken tokenizer.json files, as a user's go: some fail only where text comes in.</summary>
    public static KeyValuePair<string, Action<string>> Broken { get; } =
        new("tokenizer.json", path => Tokenizer.FromFile(path).Encode("ab xyz"));

    public FixtureResult Check(Fixture fixture) => new TokenizerComparison().Check(fixture);
}

/// <summary>The comparison of one fixture.</summary>
file sealed class TokenizerComparison
{
    private readonly List<string> problems = [];
    private int count;

    public FixtureResult Check(Fixture fixture)
    {
        if (Open(fixture) is not { } tokenizer)
        {
            return FixtureResult.Skip($"{Class(fixture) ?? "this tokenizer"} is not there yet");
        }

        if (fixture.Json.GetProperty("vocab_size").GetInt32() != tokenizer.VocabularySize)
        {
            problems.Add($"the vocabulary has {tokenizer.VocabularySize} tokens, not {fixture.Json.GetProperty("vocab_size").GetInt32()}");
        }

        foreach (JsonElement item in fixture.ReadJsonFile("cases.json").EnumerateArray())
        {
            CheckCase(tokenizer, item);
        }

        if (File.Exists(fixture.Resolve("batch.json")))
        {
            foreach (JsonElement item in fixture.ReadJsonFile("batch.json").EnumerateArray())
            {
                CheckBatch(tokenizer, fixture.Text("pad_token")!, item);
            }
        }

        if (File.Exists(fixture.Resolve("decode.json")))
        {
            foreach (JsonElement item in fixture.ReadJsonFile("decode.json").EnumerateArray())
            {
                CheckDecoding(tokenizer, item);
            }
        }

        return count == 0 ? FixtureResult.Fail("there are no cases")
            : problems.Count == 0 ? FixtureResult.Ok
            : FixtureResult.Fail($"{problems.Count} of {count} differ: {string.Join("; ", problems.Take(5))}");
    }

    private static string? Class(Fixture fixture) =>
        fixture.Json.TryGetProperty("settings", out JsonElement settings) ? settings.GetProperty("class").GetString() : null;

    // Which files to read is the fixture's to say: a list of names, or of names by what they hold.
    private static Tokenizer? Open(Fixture fixture)
    {
        if (fixture.ResolveKey("tokenizer") is not { } folder)
        {
            return null;
        }

        JsonElement files = fixture.Json.GetProperty("files");
        if (files.ValueKind == JsonValueKind.Object)
        {
            if (files.TryGetProperty("gguf", out JsonElement gguf))
            {
                using Gguf file = Gguf.Open(Path.Combine(folder, gguf.GetString()!));
                return GgufTokenizer.Read(file.Metadata, file.Path, ignoreDigits: true);
            }

            return files.TryGetProperty("vocab", out JsonElement vocabulary) && files.TryGetProperty("merges", out JsonElement merges)
                ? FromVocabularyAndMerges(fixture, Path.Combine(folder, vocabulary.GetString()!), Path.Combine(folder, merges.GetString()!)) : null;
        }

        List<string> names = files.EnumerateArray().Select(name => name.GetString()!).ToList();
        if (names.Find(name => name.EndsWith("tokenizer.json", StringComparison.Ordinal)) is { } tokenizer)
        {
            return Tokenizer.FromFile(Path.Combine(folder, tokenizer));
        }

        if (names.Contains("vocab.txt"))
        {
            return TokenizerFiles.FromVocabularyText(Path.Combine(folder, "vocab.txt"), TokenizerConfig.ReadBeside(Path.Combine(folder, "vocab.txt")));
        }

        return names.Contains("vocab.json") && names.Contains("merges.txt")
            ? FromVocabularyAndMerges(fixture, Path.Combine(folder, "vocab.json"), Path.Combine(folder, "merges.txt")) : null;
    }

    private static Tokenizer FromVocabularyAndMerges(Fixture fixture, string vocabulary, string merges)
    {
        TokenizerConfig config = TokenizerConfig.ReadBeside(vocabulary);
        JsonElement settings = fixture.Json.GetProperty("settings");
        return TokenizerFiles.FromVocabularyAndMerges(vocabulary, merges, config with
        {
            Class = Class(fixture),
            AddPrefixSpace = settings.TryGetProperty("add_prefix_space", out JsonElement space) ? space.GetBoolean() : config.AddPrefixSpace,
        });
    }

    private void CheckCase(Tokenizer tokenizer, JsonElement item)
    {
        string text = item.GetProperty("text").GetString()!;
        string? pair = item.TryGetProperty("pair", out JsonElement second) ? second.GetString() : null;
        string name = Quote(text);
        Encoding whole = pair is null ? tokenizer.Encode(text) : tokenizer.Encode(text, pair);
        Encoding plain = pair is null ? tokenizer.Encode(text, addSpecialTokens: false) : tokenizer.Encode(text, pair, addSpecialTokens: false);
        Same(name, "ids", whole.Ids, item, "ids");
        Same(name, "ids without special tokens", plain.Ids, item, item.TryGetProperty("ids_plain", out _) ? "ids_plain" : "ids");
        SameStrings(name, "tokens", whole.Tokens, item, "tokens");
        Same(name, "offsets", whole.OffsetsInCodePoints().SelectMany(range => new[] { range.Start, range.End }), item, "offsets");
        Same(name, "word ids", whole.WordIds.Select(Number), item, "word_ids");
        Same(name, "type ids", whole.TypeIds, item, "type_ids");
        Same(name, "sequence ids", whole.SequenceIds.Select(Number), item, "sequence_ids");
        Same(name, "special tokens mask", whole.SpecialTokensMask, item, "special_tokens_mask");
        SameText(name, tokenizer.Decode(whole.Ids), item, "decoded_skip");
        SameText(name, tokenizer.Decode(whole.Ids, skipSpecialTokens: false), item, "decoded");
    }

    private void CheckBatch(Tokenizer tokenizer, string padToken, JsonElement item)
    {
        JsonElement arguments = item.GetProperty("arguments");
        string name = arguments.GetRawText();
        List<string> texts = item.GetProperty("texts").EnumerateArray().Select(text => text.GetString()!).ToList();
        EncodingOptions options = Options(arguments, tokenizer, padToken);
        bool refused = item.TryGetProperty("error", out _);
        IReadOnlyList<Encoding> rows;
        try
        {
            rows = item.TryGetProperty("pairs", out JsonElement pairs)
                ? tokenizer.EncodeBatch(texts.Zip(pairs.EnumerateArray().Select(pair => pair.GetString()!)).ToList(), options)
                : tokenizer.EncodeBatch(texts, options);
        }
        catch (AttuneException exception) when (refused)
        {
            count++;
            GC.KeepAlive(exception);
            return;
        }

        if (refused)
        {
            problems.Add($"{name}: no error");
            return;
        }

        bool overflow = arguments.TryGetProperty("return_overflowing_tokens", out JsonElement wanted) && wanted.GetBoolean();
        var samples = new List<int>();
        var all = new List<Encoding>();
        for (int row = 0; row < rows.Count; row++)
        {
            all.Add(rows[row]);
            all.AddRange(overflow ? rows[row].Overflowing : []);
            samples.AddRange(Enumerable.Repeat(row, all.Count - samples.Count));
        }

        Same(name, "input_ids", all.SelectMany(row => row.Ids), item, "input_ids");
        Same(name, "row lengths", all.Select(row => row.Count), item.GetProperty("input_ids").EnumerateArray().Select(row => row.GetArrayLength()));
        Same(name, "attention_mask", all.SelectMany(row => row.AttentionMask), item, "attention_mask");
        Same(name, "token_type_ids", all.SelectMany(row => row.TypeIds), item, "token_type_ids");
        Same(name, "special_tokens_mask", all.SelectMany(row => row.SpecialTokensMask), item, "special_tokens_mask");
        Same(name, "offset_mapping", all.SelectMany(row => row.OffsetsInCodePoints()).SelectMany(range => new[] { range.Start, range.End }), item, "offset_mapping");
        Same(name, "overflow_to_sample_mapping", samples, item, "overflow_to_sample_mapping");
    }

    private static EncodingOptions Options(JsonElement arguments, Tokenizer tokenizer, string padToken)
    {
        string? Text(string key) => arguments.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        int? Int(string key) => arguments.TryGetProperty(key, out JsonElement value) ? value.GetInt32() : null;
        bool truncate = arguments.TryGetProperty("truncation", out JsonElement truncation) && truncation.ValueKind != JsonValueKind.False;
        bool pad = arguments.TryGetProperty("padding", out JsonElement padding) && padding.ValueKind != JsonValueKind.False;
        return new EncodingOptions
        {
            AddSpecialTokens = !arguments.TryGetProperty("add_special_tokens", out JsonElement add) || add.GetBoolean(),
            Truncation = !truncate ? null : new Truncation(Int("max_length")!.Value)
            {
                Strategy = Text("truncation") switch
                {
                    "only_first" => TruncationStrategy.OnlyFirst,
                    "only_second" => TruncationStrategy.OnlySecond,
                    _ => TruncationStrategy.LongestFirst,
                },
                Stride = Int("stride") ?? 0,
                Side = Text("truncation_side") == "left" ? Side.Left : Side.Right,
            },
            Padding = !pad ? null : new Padding(tokenizer.IdOf(padToken)!.Value, padToken)
            {
                Length = Text("padding") == "max_length" ? Int("max_length") : null,
                Side = Text("padding_side") == "left" ? Side.Left : Side.Right,
                MultipleOf = Int("pad_to_multiple_of"),
            },
        };
    }

    private void CheckDecoding(Tokenizer tokenizer, JsonElement item)
    {
        int[] ids = item.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray();
        string name = $"ids {string.Join(',', ids.Take(12))}";
        SameText(name, tokenizer.Decode(ids, skipSpecialTokens: false), item, "decoded");
        SameText(name, tokenizer.Decode(ids), item, "decoded_skip");
        StreamDecoder stream = tokenizer.CreateStreamDecoder();
        SameStrings(name, "stream", ids.Select(stream.Push), item, "stream_skip");
    }

    private void Same(string name, string what, IEnumerable<int> actual, JsonElement item, string key)
    {
        if (item.TryGetProperty(key, out JsonElement expected))
        {
            Same(name, what, actual, Flat(expected));
        }
    }

    private void Same(string name, string what, IEnumerable<int> actual, IEnumerable<int> expected)
    {
        count++;
        if (!actual.SequenceEqual(expected))
        {
            problems.Add($"{name}: {what} {string.Join(',', actual.Take(40))} instead of {string.Join(',', expected.Take(40))}");
        }
    }

    private void SameStrings(string name, string what, IEnumerable<string?> actual, JsonElement item, string key)
    {
        if (!item.TryGetProperty(key, out JsonElement expected))
        {
            return;
        }

        count++;
        List<string?> wanted = expected.EnumerateArray().Select(text => text.GetString()).ToList();
        if (!actual.SequenceEqual(wanted))
        {
            problems.Add($"{name}: {what} {string.Join('|', actual)} instead of {string.Join('|', wanted)}");
        }
    }

    private void SameText(string name, string actual, JsonElement item, string key)
    {
        if (!item.TryGetProperty(key, out JsonElement expected))
        {
            return;
        }

        count++;
        if (actual != expected.GetString())
        {
            problems.Add($"{name}: {key} {Quote(actual)} instead of {Quote(expected.GetString()!)}");
        }
    }

    private static IEnumerable<int> Flat(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Flat),
        JsonValueKind.Null => [-1],
        _ => [element.GetInt32()],
    };

    private static int Number(int? value) => value ?? -1;

    private static string Quote(string text) => JsonSerializer.Serialize(text.Length > 60 ? text[..60] + "…" : text);
}
