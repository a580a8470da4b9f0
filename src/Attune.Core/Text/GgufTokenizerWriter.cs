using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Text.PreTokenizers;

namespace Attune.Text;

/// <summary>A tokenizer as a GGUF file's metadata: what <see cref="GgufTokenizer"/> reads.</summary>
internal static class GgufTokenizerWriter
{
    private const string Prefix = "tokenizer.ggml.";
    private const int Normal = 1;
    private const int Control = 3;
    private const int UserDefined = 4;
    private const int Unused = 5;
    private const int Byte = 6;
    private const int Unknown = 2;

    private static readonly JsonSerializerOptions Compact = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // llama.cpp's names of pre-tokenizers, as far as they are told apart here.
    private static readonly string[] PreTokenizers = ["gpt-2", "smollm", "llama-bpe", "qwen2", "gpt-4o", "tekken", "falcon", "deepseek-v3"];

    /// <summary>Makes the entries.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="size">How many rows the model's embedding has; those beyond the vocabulary get tokens that mean nothing.</param>
    /// <param name="chatTemplate">The chat template's source; null: none.</param>
    /// <param name="endTokens">The tokens that end a reply; null: the tokenizer's own.</param>
    /// <param name="notices">Told what llama.cpp will do otherwise; null: nobody.</param>
    /// <exception cref="AttuneException">GGUF has no name for this kind of tokenizer, or the model lacks tokens that it cannot do without.</exception>
    public static IReadOnlyList<KeyValuePair<string, object>> Entries(
        Tokenizer tokenizer, int size, string? chatTemplate, IReadOnlyList<int>? endTokens = null, Notices? notices = null)
    {
        var json = JsonNode.Parse(tokenizer.ToJson())!;
        string[] tokens = [.. Enumerable.Range(0, size).Select(id => tokenizer.TokenOf(id) ?? $"[PAD{id}]")];
        int[] types = [.. Enumerable.Range(0, size).Select(id => tokenizer.TokenOf(id) is null ? Unused : Normal)];
        foreach (var added in tokenizer.AddedTokens.Where(added => added.Id < size))
        {
            types[added.Id] = added.Special ? Control : UserDefined;
        }

        var entries = new List<KeyValuePair<string, object>>();
        void Add(string key, object? value)
        {
            if (value is not null)
            {
                entries.Add(new(Prefix + key, value));
            }
        }

        if (!AddByteLevel(Add, json, tokens) && !AddPieces(Add, json, tokens, types, tokenizer))
        {
            throw new AttuneException(ExitCode.Usage, null, "GGUF has no name for the pipeline of this tokenizer", "give the GGUF file that the model came from, or save a folder instead");
        }

        RequireTokens(tokenizer, size, Text(json["model"]!, "type") == "BPE" && json["model"]!["byte_fallback"]?.GetValue<bool>() != true);
        Add("tokens", tokens);
        Add("token_type", types);
        var (before, after) = Around(tokenizer);
        TellDifferences(tokenizer, json, before, after, notices);
        var ends = GgufEndTokens.Of(tokens, after.Length > 0 ? after[^1] : tokenizer.EosTokenId, endTokens ?? []);
        Add("bos_token_id", (uint?)(before.Length > 0 ? before[0] : tokenizer.BosTokenId));
        Add("eos_token_id", (uint?)ends.Eos);
        Add("eot_token_id", (uint?)ends.Eot);
        Add("eom_token_id", (uint?)ends.Eom);
        Add("unknown_token_id", (uint?)tokenizer.UnknownTokenId);
        Add("padding_token_id", (uint?)tokenizer.PadTokenId);
        Add("cls_token_id", (uint?)Id(tokenizer, tokenizer.Special.Cls));
        Add("seperator_token_id", (uint?)Id(tokenizer, tokenizer.Special.Sep)); // The format's spelling.
        Add("add_bos_token", before.Length > 0);
        Add("add_eos_token", after.Length > 0);
        if (ends.Left.Count > 0)
        {
            notices?.Add("end-tokens-without-a-key", n => $"GGUF has keys for three end tokens: llama.cpp will not stop at {Words.Count(n, "other")}",
                string.Join(", ", ends.Left.Take(5).Select(id => $"{id} {tokens[id]}")), "Attune reads all of them from the file", ends.Left.Count);
        }
        else if (ends.Eos is null)
        {
            notices?.Add("no-end-token-in-gguf", "the model names no end token: llama.cpp will take one of its own choice for it", cure: "name eos_token in tokenizer_config.json");
        }

        if (chatTemplate is not null)
        {
            entries.Add(new("tokenizer.chat_template", chatTemplate));
        }

        // The format's own place for the pipeline as it is: flags of added tokens, the order of merges, what stands around a text.
        entries.Add(new(GgufTokenizer.WholeKey, json.ToJsonString(Compact)));
        return entries;
    }

    private static bool AddByteLevel(Action<string, object?> add, JsonNode json, string[] tokens)
    {
        var model = json["model"]!;
        bool isPlain = Text(model, "type") == "BPE" && model["byte_fallback"]?.GetValue<bool>() != true
            && string.IsNullOrEmpty(Text(model, "continuing_subword_prefix")) && string.IsNullOrEmpty(Text(model, "end_of_word_suffix"))
            && (json["normalizer"] is not { } normalizer || Text(normalizer, "type") == "NFC");
        if (!isPlain || PreTokenizer(json["pre_tokenizer"]) is not { } pre)
        {
            return false;
        }

        // llama.cpp takes a word that is a token as it is where the name says so.
        pre = pre == "llama-bpe" && model["ignore_merges"]?.GetValue<bool>() != true ? "smaug-bpe" : pre;
        var kept = tokens.ToHashSet(StringComparer.Ordinal);
        add("model", "gpt2");
        add("pre", pre);
        add("merges", model["merges"]!.AsArray().Select(Merge).Where(pair => IsKept(pair, kept)).ToArray());
        return true;
    }

    private static bool AddPieces(Action<string, object?> add, JsonNode json, string[] tokens, int[] types, Tokenizer tokenizer)
    {
        if (GgufPieces.AddsSpace(json) is not { } space)
        {
            return false;
        }

        var kept = tokens.ToHashSet(StringComparer.Ordinal);
        var added = tokenizer.AddedTokens.Select(token => token.Id).ToHashSet();
        (string, string)[] merges = [.. json["model"]!["merges"]!.AsArray().Select(Merge).Where(pair => IsKept(pair, kept)).Select(pair => (pair[..pair.IndexOf(' ')], pair[(pair.IndexOf(' ') + 1)..]))];
        if (GgufPieces.Scores(tokens, merges, added.Contains) is not { } scores)
        {
            return false;
        }

        for (int id = 0; id < tokens.Length; id++)
        {
            bool isByte = tokens[id] is ['<', '0', 'x', _, _, '>'];
            types[id] = isByte && !added.Contains(id) ? Byte : types[id];
        }

        if (tokenizer.UnknownTokenId is int unknown && unknown < types.Length)
        {
            types[unknown] = Unknown;
        }

        add("model", "llama");
        add("pre", "default");
        add("scores", scores);
        add("add_space_prefix", space);
        return true;
    }

    private static bool IsKept(string pair, HashSet<string> tokens)
    {
        int space = pair.IndexOf(' ');
        return tokens.Contains(pair[..space]) && tokens.Contains(pair[(space + 1)..]) && tokens.Contains(pair.Remove(space, 1));
    }

    // Tokens beyond the model's rows are left out, but not those without which no text can be written.
    private static void RequireTokens(Tokenizer tokenizer, int size, bool isByteLevel)
    {
        int?[] named = [tokenizer.BosTokenId, tokenizer.EosTokenId, tokenizer.PadTokenId, tokenizer.UnknownTokenId];
        var bytes = isByteLevel ? Enumerable.Range(0, 256).Select(value => tokenizer.IdOf(ByteAlphabet.Character((byte)value).ToString())) : [];
        if (named.Concat(bytes).FirstOrDefault(id => id >= size) is int missing)
        {
            throw new AttuneException(ExitCode.BadData, null, $"the tokenizer needs the token {missing} ({tokenizer.TokenOf(missing)}), but the model has only {Words.Count(size, "row")}",
                "give the model's own tokenizer");
        }
    }

    // What the tokenizer puts before and after a text.
    private static (int[] Before, int[] After) Around(Tokenizer tokenizer)
    {
        int[] whole = tokenizer.Encode("a").Ids, alone = tokenizer.Encode("a", addSpecialTokens: false).Ids;
        int start = Enumerable.Range(0, whole.Length - alone.Length + 1).FirstOrDefault(at => whole.AsSpan(at, alone.Length).SequenceEqual(alone));
        return (whole[..start], whole[(start + alone.Length)..]);
    }

    private static void TellDifferences(Tokenizer tokenizer, JsonNode json, int[] before, int[] after, Notices? notices)
    {
        if (before.Length > 1 || after.Length > 1)
        {
            string around = $"{string.Concat(before.Select(tokenizer.TokenOf))} … {string.Concat(after.Select(tokenizer.TokenOf))}";
            notices?.Add("more-tokens-around-a-text", "GGUF has a place for one token before a text and one after it: llama.cpp will add only those", around, "Attune reads all of them from the file");
        }

        if (json["normalizer"] is { } normalizer && Text(normalizer, "type") == "NFC")
        {
            notices?.Add("normalizer-not-in-gguf", "GGUF has no place for the tokenizer's normalizer NFC: llama.cpp reads texts as they are", cure: "Attune reads it from the file");
        }

        var flagged = tokenizer.AddedTokens.Where(token => token.LStrip || token.RStrip || token.SingleWord).ToList();
        notices?.Add("token-flags-not-in-gguf", n => $"GGUF has no place for lstrip, rstrip and single_word of {Words.Count(n, "added token")}: llama.cpp leaves white space beside them",
            flagged.FirstOrDefault()?.Content, "Attune reads them from the file", flagged.Count);
    }

    private static int? Id(Tokenizer tokenizer, string? token) => token is null ? null : tokenizer.IdOf(token);

    private static string? Text(JsonNode node, string key) => node[key] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    // A pair is one string in older files, and two in newer ones.
    private static string Merge(JsonNode? pair) => pair is JsonArray parts ? $"{parts[0]} {parts[1]}" : pair!.GetValue<string>();

    private static string? PreTokenizer(JsonNode? given) =>
        given is null ? null : Array.Find(PreTokenizers, name => JsonNode.DeepEquals(Plain(given.DeepClone()), Plain(Written(GgufPreTokenizers.Find(name, ignoreDigits: false)!))));

    private static JsonNode Written(IPreTokenizer preTokenizer)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            preTokenizer.Write(writer);
            writer.WriteEndObject();
        }

        return JsonNode.Parse(stream.ToArray())!;
    }

    // What changes no token.
    private static JsonNode Plain(JsonNode node)
    {
        switch (node)
        {
            case JsonObject map:
                map.Remove("trim_offsets");
                foreach (var (_, child) in map)
                {
                    Plain(child ?? new JsonObject());
                }

                break;
            case JsonArray list:
                foreach (var child in list)
                {
                    Plain(child ?? new JsonObject());
                }

                break;
        }

        return node;
    }
}
