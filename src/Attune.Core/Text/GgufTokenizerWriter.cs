using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Text.PreTokenizers;

namespace Attune.Text;

/// <summary>A byte-level tokenizer as a GGUF file's metadata: what <see cref="GgufTokenizer"/> reads.</summary>
internal static class GgufTokenizerWriter
{
    private const string Prefix = "tokenizer.ggml.";
    private const int Normal = 1;
    private const int Control = 3;
    private const int UserDefined = 4;
    private const int Unused = 5;

    // llama.cpp's names of pre-tokenizers, as far as they are told apart here.
    private static readonly string[] PreTokenizers = ["gpt-2", "smollm", "llama-bpe", "qwen2", "gpt-4o", "tekken", "falcon", "deepseek-v3"];

    /// <summary>Makes the entries.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="size">How many rows the model's embedding has; those beyond the vocabulary get tokens that mean nothing.</param>
    /// <param name="chatTemplate">The chat template's source; null: none.</param>
    /// <exception cref="AttuneException">GGUF has no name for this kind of tokenizer.</exception>
    public static IReadOnlyList<KeyValuePair<string, object>> Entries(Tokenizer tokenizer, int size, string? chatTemplate)
    {
        var json = JsonNode.Parse(tokenizer.ToJson())!;
        var model = json["model"]!;
        if (model["type"]?.GetValue<string>() != "BPE" || model["byte_fallback"]?.GetValue<bool>() == true || PreTokenizer(json["pre_tokenizer"]) is not { } pre)
        {
            throw new AttuneException(ExitCode.Usage, null, "GGUF has no name for the pipeline of this tokenizer", "give the GGUF file that the model came from, or save a folder instead");
        }

        string[] tokens = [.. Enumerable.Range(0, size).Select(id => tokenizer.TokenOf(id) ?? $"[PAD{id}]")];
        int[] types = [.. Enumerable.Range(0, size).Select(id => tokenizer.TokenOf(id) is null ? Unused : Normal)];
        foreach (var added in tokenizer.AddedTokens)
        {
            if (added.Id >= size)
            {
                throw new AttuneException(ExitCode.BadData, null, $"the tokenizer has the id {added.Id}, but the model only {size} rows", "give the model's own tokenizer");
            }

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

        Add("model", "gpt2");
        Add("pre", pre);
        Add("tokens", tokens);
        Add("token_type", types);
        Add("merges", model["merges"]!.AsArray().Select(Merge).ToArray());
        int[] around = tokenizer.Encode("a").Ids;
        bool begins = around.Length > 0 && tokenizer.IsSpecial(around[0]), ends = around.Length > 0 && tokenizer.IsSpecial(around[^1]);
        Add("bos_token_id", (uint?)(begins ? around[0] : tokenizer.BosTokenId));
        Add("eos_token_id", (uint?)(ends ? around[^1] : tokenizer.EosTokenId));
        Add("unknown_token_id", (uint?)tokenizer.UnknownTokenId);
        Add("padding_token_id", (uint?)tokenizer.PadTokenId);
        Add("add_bos_token", begins);
        Add("add_eos_token", ends);
        if (chatTemplate is not null)
        {
            entries.Add(new("tokenizer.chat_template", chatTemplate));
        }

        return entries;
    }

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
