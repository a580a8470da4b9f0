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
    private bool specialIsText;

    public FixtureResult Check(Fixture fixture)
    {
        // In tiktoken's own results, ids_plain takes special tokens for text.
        specialIsText = Class(fixture) == "tiktoken";
        if (Open(fixture) is not { } tokenizer)
        {
            return FixtureResult.Skip($"{Class(fixture) ?? "this tokenizer"} is not there yet");
        }

        if (fixture.Json.TryGetProperty("vocab_size", out JsonElement size) && size.GetInt32() != tokenizer.VocabularySize)
        {
            problems.Add($"the vocabulary has {tokenizer.VocabularySize} tokens, not {size.GetInt32()}");
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
        TokenizerConfig settings = Settings(fixture, new TokenizerConfig());
        if (fixture.ResolveKey("tokenizer") is not { } folder)
        {
            return settings.Class == "ByT5Tokenizer" ? ByteTokenizer.Make(settings, fixture.Folder) : null;
        }

        JsonElement files = fixture.Json.GetProperty("files");
        if (files.ValueKind == JsonValueKind.Object)
        {
            if (files.TryGetProperty("gguf", out JsonElement gguf))
            {
                using Gguf opened = Gguf.Open(Path.Combine(folder, gguf.GetString()!));
                return GgufTokenizer.Read(opened.Metadata, opened.Path, ignoreDigits: true);
            }

            if (files.TryGetProperty("spiece", out JsonElement pieces))
            {
                string model = Path.Combine(folder, pieces.GetString()!);
                return settings.Class == "SentencePieceProcessor" ? Tokenizer.FromSentencePiece(model) : TokenizerFiles.FromModelFile(model, settings);
            }

            if (files.TryGetProperty("tiktoken", out JsonElement ranks))
            {
                return OpenTiktoken(fixture, Path.Combine(folder, ranks.GetString()!));
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

        if (names.Find(name => name.EndsWith(".model", StringComparison.Ordinal)) is { } file)
        {
            string path = Path.Combine(folder, file);
            return TokenizerFiles.FromModelFile(path, Settings(fixture, TokenizerConfig.ReadBeside(path)));
        }

        return names.Contains("vocab.json") && names.Contains("merges.txt")
            ? FromVocabularyAndMerges(fixture, Path.Combine(folder, "vocab.json"), Path.Combine(folder, "merges.txt")) : null;
    }

    private static Tokenizer FromVocabularyAndMerges(Fixture fixture, string vocabulary, string merges) =>
        TokenizerFiles.FromVocabularyAndMerges(vocabulary, merges, Settings(fixture, TokenizerConfig.ReadBeside(vocabulary)));

    // What fixture.json says goes before what lies beside the file.
    private static TokenizerConfig Settings(Fixture fixture, TokenizerConfig config)
    {
        if (!fixture.Json.TryGetProperty("settings", out JsonElement settings))
        {
            return config;
        }

        bool? Bool(string key) => settings.TryGetProperty(key, out JsonElement value) ? value.GetBoolean() : null;
        return config with
        {
            Class = Class(fixture),
            AddPrefixSpace = Bool("add_prefix_space") ?? config.AddPrefixSpace,
            Legacy = Bool("legacy") ?? config.Legacy,
            AddEosToken = Bool("add_eos_token") ?? config.AddEosToken,
            ExtraIds = settings.TryGetProperty("extra_ids", out JsonElement ids) ? ids.GetInt32() : config.ExtraIds,
        };
    }

    private static Tokenizer OpenTiktoken(Fixture fixture, string file)
    {
        JsonElement settings = fixture.Json.GetProperty("settings");
        List<AddedToken> added = settings.GetProperty("special_tokens").EnumerateObject()
            .Select(token => new AddedToken(token.Value.GetInt32(), token.Name) { Special = true }).ToList();
        return Tiktoken.Make(TokenizerFiles.Bytes(file), file, settings.GetProperty("pattern").GetString()!, added, new SpecialTokens());
    }

    private void CheckCase(Tokenizer tokenizer, JsonElement item)
    {
        if (!item.TryGetProperty("text", out JsonElement given))
        {
            CheckIds(tokenizer, item);
            return;
        }

        string text = given.GetString()!;
        string? pair = item.TryGetProperty("pair", out JsonElement second) ? second.GetString() : null;
        string name = Quote(text);
        Encoding whole = pair is null ? tokenizer.Encode(text) : tokenizer.Encode(text, pair);
        Encoding plain = pair is not null ? tokenizer.Encode(text, pair, addSpecialTokens: false)
            : tokenizer.Encode(text, specialIsText ? [new TextRange(0, text.Length)] : [], addSpecialTokens: false);
        Same(name, "ids", whole.Ids, item, "ids");
        // Absent, they are equal to "ids"; for a pair they were then not recorded.
        Same(name, "ids without special tokens", plain.Ids, item, item.TryGetProperty("ids_plain", out _) || pair is not null ? "ids_plain" : "ids");
        SameStrings(name, "tokens", item.TryGetProperty("offsets_plain", out _) ? plain.Tokens : whole.Tokens, item, "tokens");
        Same(name, "offsets without special tokens", plain.OffsetsInCodePoints().SelectMany(range => new[] { range.Start, range.End }), item, "offsets_plain");
        Same(name, "offsets", whole.OffsetsInCodePoints().SelectMany(range => new[] { range.Start, range.End }), item, "offsets");
        Same(name, "word ids", whole.WordIds.Select(Number), item, "word_ids");
        Same(name, "type ids", whole.TypeIds, item, "type_ids");
        Same(name, "sequence ids", whole.SequenceIds.Select(Number), item, "sequence_ids");
        Same(name, "special tokens mask", whole.SpecialTokensMask, item, "special_tokens_mask");
        SameText(name, tokenizer.Decode(whole.Ids), item, "decoded_skip");
        SameText(name, tokenizer.Decode(whole.Ids, skipSpecialTokens: false), item, "decoded");
    }

    // Ids alone, with special tokens among them or not.
    private void CheckIds(Tokenizer tokenizer, JsonElement item)
    {
        int[] ids = item.GetProperty(item.TryGetProperty("ids", out _) ? "ids" : "ids_plain").EnumerateArray().Select(id => id.GetInt32()).ToArray();
        SameText($"ids {string.Join(',', ids.Take(12))}", tokenizer.Decode(ids), item, "decoded_skip");
        SameText($"ids {string.Join(',', ids.Take(12))}", tokenizer.Decode(ids, skipSpecialTokens: false), item, "decoded");
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
