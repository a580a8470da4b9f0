using System.Text.Json;
using FormatException = Attune.Formats.FormatException;

namespace Attune.Text;

/// <summary>What tokenizer_config.json, special_tokens_map.json and added_tokens.json say of a tokenizer.</summary>
internal sealed record TokenizerConfig
{
    /// <summary>The class that the files were written by, without "Fast"; null where none is named.</summary>
    public string? Class { get; init; }

    public bool? AddPrefixSpace { get; init; }

    public bool? AddBosToken { get; init; }

    public bool? AddEosToken { get; init; }

    public bool? DoLowerCase { get; init; }

    public bool? TokenizeChineseChars { get; init; }

    public bool? StripAccents { get; init; }

    /// <summary>Accents stay.</summary>
    public bool? KeepAccents { get; init; }

    /// <summary>Punctuation is cut off first.</summary>
    public bool? SplitByPunctuation { get; init; }

    /// <summary>The language whose token goes beside a text.</summary>
    public string? SourceLanguage { get; init; }

    /// <summary>How far the ids of a file's pieces are moved.</summary>
    public int? Offset { get; init; }

    /// <summary>The token for a sentence that is left out.</summary>
    public string? SentenceMask { get; init; }

    /// <summary>The token for a word that is left out.</summary>
    public AddedToken? Mask { get; init; }

    /// <summary>The mask is named without flags, so that those of the class hold.</summary>
    public bool MaskIsPlain { get; init; }

    /// <summary>The sign for a space goes before every stretch of text, not only before the first.</summary>
    public bool? Legacy { get; init; }

    /// <summary>How many sentinel tokens there are.</summary>
    public int? ExtraIds { get; init; }

    public SpecialTokens Special { get; init; } = new();

    /// <summary>Added tokens with their ids, as far as the files give them.</summary>
    public IReadOnlyList<AddedToken> AddedTokens { get; init; } = [];

    /// <summary>Special tokens that are named without an id.</summary>
    public IReadOnlyList<AddedToken> Named { get; init; } = [];

    /// <summary>Reads those of the files that lie beside another.</summary>
    public static TokenizerConfig ReadBeside(string file)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        Part? config = Open(Path.Combine(folder, "tokenizer_config.json"));
        Part? map = Open(Path.Combine(folder, "special_tokens_map.json"));
        Part? added = Open(Path.Combine(folder, "added_tokens.json"));
        var named = new List<AddedToken>();
        string? Name(string key)
        {
            AddedToken? token = Token(config, key) ?? Token(map, key);
            if (token is not null)
            {
                named.Add(token);
            }

            return token?.Content;
        }

        var special = new SpecialTokens
        {
            Bos = Name("bos_token"),
            Eos = Name("eos_token"),
            Unknown = Name("unk_token"),
            Pad = Name("pad_token"),
            Cls = Name("cls_token"),
            Sep = Name("sep_token"),
        };
        Name("mask_token");
        AddedToken? mask = Token(config, "mask_token") ?? Token(map, "mask_token");

        return new TokenizerConfig
        {
            Class = ClassName(config?.StringOrNull("tokenizer_class")),
            AddPrefixSpace = config?.BoolOrNull("add_prefix_space"),
            DoLowerCase = config?.BoolOrNull("do_lower_case"),
            TokenizeChineseChars = config?.BoolOrNull("tokenize_chinese_chars"),
            StripAccents = config?.BoolOrNull("strip_accents"),
            KeepAccents = config?.BoolOrNull("keep_accents"),
            SplitByPunctuation = config?.BoolOrNull("split_by_punct"),
            SourceLanguage = config?.StringOrNull("src_lang"),
            Offset = config?.IntOrNull("offset"),
            SentenceMask = config?.StringOrNull("mask_token_sent"),
            Mask = mask,
            MaskIsPlain = config?.Has("mask_token") == true ? config.Value.IsString("mask_token") : map?.IsString("mask_token") == true,
            Legacy = config?.BoolOrNull("legacy"),
            ExtraIds = config?.IntOrNull("extra_ids"),
            AddBosToken = config?.BoolOrNull("add_bos_token"),
            AddEosToken = config?.BoolOrNull("add_eos_token"),
            Special = special,
            Named = named,
            AddedTokens = [.. Decoder(config), .. Flat(added)],
        };
    }

    /// <summary>Writes a tokenizer_config.json for a tokenizer whose parts are in a file beside it.</summary>
    public static void Write(string file, string? className, SpecialTokens special, string? chatTemplate)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Tokenizer.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteBoolean("clean_up_tokenization_spaces", false);
            (string Key, string? Value)[] named =
            [
                ("tokenizer_class", className), ("bos_token", special.Bos), ("eos_token", special.Eos), ("pad_token", special.Pad), ("unk_token", special.Unknown),
                ("cls_token", special.Cls), ("sep_token", special.Sep), ("chat_template", chatTemplate),
            ];
            foreach ((string key, string? value) in named)
            {
                if (value is not null)
                {
                    json.WriteString(key, value);
                }
            }

            json.WriteEndObject();
        }

        Formats.AtomicFile.WriteAllBytes(file, stream.ToArray());
    }

    /// <summary>A class's name without "Fast".</summary>
    public static string? ClassName(string? name) => name is not null && name.EndsWith("Fast", StringComparison.Ordinal) ? name[..^4] : name;

    private static Part? Open(string file)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        try
        {
            return TokenizerJson.Parse(TokenizerFiles.Text(file), file, Path.GetFileName(file));
        }
        catch (JsonException e)
        {
            throw new FormatException(file, -1, Formats.BoundedJson.Describe(e), "the file is damaged: fetch it again", e);
        }
    }

    // A token is a string, or an object with its content and flags.
    private static AddedToken? Token(Part? part, string key)
    {
        if (part is not { } config || !config.Has(key))
        {
            return null;
        }

        return config.IsString(key)
            ? new AddedToken(0, config.String(key)) { Special = true }
            : Flags(config.Child(key), 0) with { Special = true };
    }

    private static AddedToken Flags(Part token, int id) => new(id, token.String("content"))
    {
        SingleWord = token.Bool("single_word", false),
        LStrip = token.Bool("lstrip", false),
        RStrip = token.Bool("rstrip", false),
        Normalized = token.Bool("normalized", false),
        Special = token.Bool("special", false),
    };

    private static IEnumerable<AddedToken> Decoder(Part? config)
    {
        if (config is not { } part || !part.Has("added_tokens_decoder"))
        {
            yield break;
        }

        foreach ((string key, Part token) in part.Child("added_tokens_decoder").Members())
        {
            yield return int.TryParse(key, out int id) && id is >= 0 and < Vocabulary.IdLimit
                ? Flags(token, id) : throw token.Error("an id is expected");
        }
    }

    private static IEnumerable<AddedToken> Flat(Part? added) =>
        added is { } part ? part.Keys().Select(key => new AddedToken(part.Id(key), key) { Normalized = true }) : [];
}
