using Attune.Text.Decoders;
using Attune.Text.Models;
using Attune.Text.Normalizers;
using Attune.Text.Patterns;
using Attune.Text.PreTokenizers;
using FormatException = Attune.Formats.FormatException;

namespace Attune.Text;

/// <summary>The tokenizer that a GGUF file's metadata describes: the vocabulary as it is, the pipeline by its names.</summary>
internal static class GgufTokenizer
{
    /// <summary>The key of a whole tokenizer.json.</summary>
    public const string WholeKey = "tokenizer.huggingface.json";

    private const string Prefix = "tokenizer.ggml.";
    private const int Control = 3;
    private const int UserDefined = 4;

    /// <summary>Reads the metadata.</summary>
    /// <param name="metadata">The metadata.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="ignoreDigits">
    /// Leaves the digits of the pre-tokenizer "smollm" together, as transformers' reader of GGUF files does; the model was trained with
    /// each digit by itself.
    /// </param>
    public static Tokenizer Read(IReadOnlyDictionary<string, object> metadata, string path, bool ignoreDigits = false)
    {
        string[] tokens = List<string>(metadata, "tokens", path) ?? throw new FormatException(path, -1, $"{Prefix}tokens is missing", "the file has no tokenizer");
        Vocabulary vocabulary = Vocabulary(tokens, path);
        var config = new TokenizerConfig
        {
            AddBosToken = Value<bool?>(metadata, "add_bos_token", path),
            AddEosToken = Value<bool?>(metadata, "add_eos_token", path),
            AddPrefixSpace = Value<bool?>(metadata, "add_space_prefix", path),
            Special = new SpecialTokens
            {
                Bos = Token(metadata, "bos_token_id", tokens, path),
                Eos = Token(metadata, "eos_token_id", tokens, path),
                Pad = Token(metadata, "padding_token_id", tokens, path),
                Unknown = Token(metadata, "unknown_token_id", tokens, path),
                Cls = Token(metadata, "cls_token_id", tokens, path),
                Sep = Token(metadata, "seperator_token_id", tokens, path) ?? Token(metadata, "separator_token_id", tokens, path),
            },
        };
        if (Whole(metadata, tokens, config.Special, path) is { } whole)
        {
            return whole;
        }

        string model = Value<string>(metadata, "model", path) ?? throw new FormatException(path, -1, $"{Prefix}model is missing");
        TokenizerParts parts = model switch
        {
            "gpt2" => ByteLevel(metadata, vocabulary, config, path, ignoreDigits),
            "llama" => SentencePiece(metadata, tokens, vocabulary, config, path),
            "bert" => WordPiece(metadata, tokens, config, path),
            _ => throw new FormatException(path, -1, $"unknown tokenizer \"{model}\" in {Prefix}model", "Attune knows gpt2, llama and bert"),
        };
        return new Tokenizer(parts with { AddedTokens = Added(metadata, tokens, config.Special, model == "gpt2", path) }, config.Special, path);
    }

    // A tokenizer.json says all; where it is not of these tokens, or has a part that is not known here, the other keys count.
    private static Tokenizer? Whole(IReadOnlyDictionary<string, object> metadata, string[] tokens, SpecialTokens special, string path)
    {
        if (metadata.GetValueOrDefault(WholeKey) is not string json)
        {
            return null;
        }

        try
        {
            var tokenizer = new Tokenizer(TokenizerJson.Read(System.Text.Encoding.UTF8.GetBytes(json), path), special, path);
            bool isOfThese = Enumerable.Range(0, tokens.Length).All(id => tokenizer.TokenOf(id) is { } token ? token == tokens[id] : tokens[id] == $"[PAD{id}]");
            return isOfThese ? tokenizer : null;
        }
        catch (AttuneException)
        {
            return null;
        }
    }

    private static TokenizerParts ByteLevel(
        IReadOnlyDictionary<string, object> metadata, Vocabulary vocabulary, TokenizerConfig config, string path, bool ignoreDigits)
    {
        string[] merges = List<string>(metadata, "merges", path) ?? throw new FormatException(path, -1, $"{Prefix}merges is missing");
        string name = Value<string>(metadata, "pre", path) ?? "default";
        byte[] text = System.Text.Encoding.UTF8.GetBytes(string.Join('\n', merges));
        return new TokenizerParts
        {
            PreTokenizer = GgufPreTokenizers.Find(name, ignoreDigits) ?? throw new FormatException(
                path, -1, $"unknown pre-tokenizer \"{name}\" in {Prefix}pre", "use the model's folder instead: its tokenizer.json says all"),
            Model = new Bpe(vocabulary, BpeReader.MergesText(text, vocabulary, path), new BpeSettings(), path),
            PostProcessor = LegacyTokenizer.Around(config.Special, config, vocabulary, path),
            Decoder = new Decoders.ByteLevel(addPrefixSpace: true, trimOffsets: true, useRegex: true),
        };
    }

    private static TokenizerParts SentencePiece(
        IReadOnlyDictionary<string, object> metadata, string[] tokens, Vocabulary vocabulary, TokenizerConfig config, string path)
    {
        float[] scores = List<float>(metadata, "scores", path) ?? throw new FormatException(path, -1, $"{Prefix}scores is missing");
        if (scores.Any(float.IsNaN))
        {
            throw new FormatException(path, -1, $"{Prefix}scores holds what is no number");
        }

        if (scores.Length != tokens.Length)
        {
            throw new FormatException(path, -1, $"{Prefix}scores has {scores.Length} entries, {Prefix}tokens {tokens.Length}");
        }

        // Phi-3 puts a space before a text that begins with one too.
        bool always = metadata.GetValueOrDefault("general.architecture") is "phi3";
        bool space = config.AddPrefixSpace ?? true;
        var decoders = new List<IDecoder> { new Decoders.Replace(PatternText.OfString("▁"), " "), new ByteFallback(), new Fuse() };
        if (space)
        {
            decoders.Add(new Decoders.Strip(" ", 1, 0));
        }

        var settings = new BpeSettings { UnknownToken = config.Special.Unknown, FuseUnknown = true, ByteFallback = true };
        return new TokenizerParts
        {
            Normalizer = always ? new Normalizers.Sequence([new Prepend("▁"), new Normalizers.Replace(PatternText.OfString(" "), "▁")]) : null,
            PreTokenizer = always ? null : new PreTokenizers.Metaspace("▁", space ? PrependScheme.First : PrependScheme.Never, split: false),
            Model = new Bpe(vocabulary, MergesOfVocabulary.ByScore(tokens, vocabulary, scores), settings, path),
            PostProcessor = LegacyTokenizer.Around(config.Special, config with { AddBosToken = config.AddBosToken ?? true }, vocabulary, path),
            Decoder = new Decoders.Sequence(decoders),
        };
    }

    // llama.cpp marks the words that begin with a sign for a space, where BERT marks the parts that go on.
    private static TokenizerParts WordPiece(IReadOnlyDictionary<string, object> metadata, string[] tokens, TokenizerConfig config, string path)
    {
        int[] types = List<int>(metadata, "token_type", path) ?? [];
        string[] spelled = tokens.Select((token, id) => id < types.Length && types[id] == Control ? token
            : token.StartsWith('▁') ? token[1..] : "##" + token).ToArray();
        SpecialTokens special = config.Special with { Unknown = config.Special.Unknown ?? "[UNK]" };
        return LegacyTokenizer.WordPieceParts(Vocabulary(spelled, path), special, config, path);
    }

    private static Vocabulary Vocabulary(string[] tokens, string path)
    {
        if (tokens.Length > Text.Vocabulary.IdLimit)
        {
            throw new FormatException(path, -1, $"{Prefix}tokens has {tokens.Length} entries; at most {Text.Vocabulary.IdLimit} are read");
        }

        var vocabulary = new Vocabulary(tokens.Length + 1);
        for (int id = 0; id < tokens.Length; id++)
        {
            if (!vocabulary.TryAdd(tokens[id], id))
            {
                throw new FormatException(path, -1, $"{Prefix}tokens: \"{tokens[id]}\" comes twice");
            }
        }

        return vocabulary;
    }

    // Control tokens are special; user-defined ones are found in the text too, but stand for it. In a byte-level vocabulary a token with
    // a character outside the byte alphabet cannot come of text, so a control token spelled so is a mistake of the file.
    private static List<AddedToken> Added(
        IReadOnlyDictionary<string, object> metadata, string[] tokens, SpecialTokens special, bool byteLevel, string path)
    {
        int[] types = List<int>(metadata, "token_type", path) ?? [];
        var named = new HashSet<string?> { special.Bos, special.Eos, special.Pad, special.Unknown };
        var added = new List<AddedToken>();
        for (int id = 0; id < tokens.Length; id++)
        {
            int type = id < types.Length ? types[id] : 0;
            bool control = type == Control && (!byteLevel || tokens[id].All(unit => ByteAlphabet.Byte(unit) >= 0));
            if (tokens[id].Length > 0 && (control || type == UserDefined || named.Contains(tokens[id])))
            {
                added.Add(new AddedToken(id, tokens[id]) { Special = control || named.Contains(tokens[id]) });
            }
        }

        return added;
    }

    private static string? Token(IReadOnlyDictionary<string, object> metadata, string key, string[] tokens, string path)
    {
        object? value = metadata.GetValueOrDefault(Prefix + key);
        long? id = value switch
        {
            null or uint.MaxValue or -1 => null,
            uint number => number,
            int number => number,
            long number => number,
            ulong number => (long)Math.Min(number, long.MaxValue),
            ushort number => number,
            _ => throw new FormatException(path, -1, $"{Prefix}{key} must be a whole number"),
        };
        return id is null ? null : id >= 0 && id < tokens.Length
            ? tokens[id.Value] : throw new FormatException(path, -1, $"{Prefix}{key} is {id}, but there are {tokens.Length} tokens");
    }

    private static T? Value<T>(IReadOnlyDictionary<string, object> metadata, string key, string path) =>
        metadata.GetValueOrDefault(Prefix + key) switch
        {
            null => default,
            T value => value,
            _ => throw new FormatException(path, -1, $"{Prefix}{key} is of the wrong type"),
        };

    private static T[]? List<T>(IReadOnlyDictionary<string, object> metadata, string key, string path) =>
        metadata.GetValueOrDefault(Prefix + key) switch
        {
            null => null,
            T[] list => list,
            _ => throw new FormatException(path, -1, $"{Prefix}{key} is of the wrong type"),
        };
}
