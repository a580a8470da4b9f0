using System.Text.Json;
using System.Text.Unicode;
using Attune.Text.Decoders;
using Attune.Text.Models;
using Attune.Text.Normalizers;
using Attune.Text.PostProcessors;
using Attune.Text.PreTokenizers;
using FormatException = Attune.Formats.FormatException;

namespace Attune.Text;

/// <summary>The parts that tokenizer.json describes.</summary>
internal sealed record TokenizerParts
{
    public INormalizer? Normalizer { get; init; }

    public IPreTokenizer? PreTokenizer { get; init; }

    public required IModel Model { get; init; }

    public IPostProcessor? PostProcessor { get; init; }

    public IDecoder? Decoder { get; init; }

    public IReadOnlyList<AddedToken> AddedTokens { get; init; } = [];

    /// <summary>Special tokens are found where a text spells them; false: they are text there, whoever wrote it.</summary>
    public bool FindsSpecialTokens { get; init; } = true;

    /// <summary>The SentencePiece file that all this is of, where tokenizer.json cannot say it.</summary>
    public byte[]? SentencePiece { get; init; }

    public Truncation? Truncation { get; init; }

    public Padding? Padding { get; init; }
}

/// <summary>Reads and writes tokenizer.json.</summary>
internal static class TokenizerJson
{
    private const int Depth = 64;

    /// <summary>Reads a file's bytes.</summary>
    public static TokenizerParts Read(ReadOnlyMemory<byte> json, string file)
    {
        try
        {
            if (!Utf8.IsValid(json.Span))
            {
                throw new FormatException(file, -1, "the file is not UTF-8");
            }

            var members = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
            IModel? model = Members(json, file, members);
            return new TokenizerParts
            {
                Normalizer = Child(members, "normalizer", file) is { } normalizer ? NormalizerReader.Read(normalizer) : null,
                PreTokenizer = Child(members, "pre_tokenizer", file) is { } pre ? PreTokenizerReader.Read(pre) : null,
                Model = model ?? throw new FormatException(file, -1, "\"model\" is missing", "is it a tokenizer.json of the tokenizers library?"),
                PostProcessor = Child(members, "post_processor", file) is { } post ? PostProcessorReader.Read(post) : null,
                Decoder = Child(members, "decoder", file) is { } decoder ? DecoderReader.Read(decoder) : null,
                AddedTokens = members.TryGetValue("added_tokens", out ReadOnlyMemory<byte> added) ? AddedToken.ReadAll(Parse(added), file) : [],
                Truncation = Child(members, "truncation", file) is { } truncation ? Truncation.Read(truncation) : null,
                Padding = Child(members, "padding", file) is { } padding ? Padding.Read(padding) : null,
            };
        }
        catch (JsonException e)
        {
            throw new FormatException(file, -1, Formats.BoundedJson.Describe(FromTheBeginning(json.Span) ?? e), "the file is damaged: fetch it again", e);
        }
    }

    /// <summary>Writes the file.</summary>
    public static void Write(Utf8JsonWriter json, TokenizerParts parts)
    {
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        Member(json, "truncation", parts.Truncation, static (json, part) => part.Write(json));
        Member(json, "padding", parts.Padding, static (json, part) => part.Write(json));
        json.WriteStartArray("added_tokens");
        foreach (AddedToken token in parts.AddedTokens.OrderBy(token => token.Id))
        {
            token.Write(json);
        }

        json.WriteEndArray();
        Member(json, "normalizer", parts.Normalizer, static (json, part) => part.Write(json));
        Member(json, "pre_tokenizer", parts.PreTokenizer, static (json, part) => part.Write(json));
        Member(json, "post_processor", parts.PostProcessor, static (json, part) => part.Write(json));
        Member(json, "decoder", parts.Decoder, static (json, part) => part.Write(json));
        Member(json, "model", parts.Model, static (json, part) => part.Write(json));
        json.WriteEndObject();
    }

    /// <summary>A part, with its settings, as an element.</summary>
    public static Part Parse(ReadOnlyMemory<byte> json, string file, string path) => new(Parse(json), file, path);

    private static JsonElement Parse(ReadOnlyMemory<byte> json) =>
        JsonElement.Parse(json.Span, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = Depth });

    // What is not JSON, with the line that a reader counts that goes through all of it.
    private static JsonException? FromTheBeginning(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Depth });
            while (reader.Read())
            {
            }

            return null;
        }
        catch (JsonException e)
        {
            return e;
        }
    }

    // The model is read at once, for it is nearly all of the file; the other members are kept as they stand there.
    private static IModel? Members(ReadOnlyMemory<byte> json, string file, Dictionary<string, ReadOnlyMemory<byte>> members)
    {
        IModel? model = null;
        int origin = 0;
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = Depth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException(file, -1, "the file must hold an object", "is it a tokenizer.json of the tokenizers library?");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            byte[] buffer = [];
            string name = System.Text.Encoding.UTF8.GetString(VocabularyJson.Unescape(ref reader, ref buffer, file, "the file"));
            reader.Read();
            int start = origin + (int)reader.TokenStartIndex;
            if (name == "model" && model is null)
            {
                model = ModelReader.Read(ref reader, ref origin, json, file);
            }
            else
            {
                reader.Skip();
            }

            if (!members.TryAdd(name, json[start..(origin + (int)reader.BytesConsumed)]))
            {
                throw new FormatException(file, -1, $"\"{name}\" comes twice");
            }
        }

        while (reader.Read())
        {
        }

        return model;
    }

    private static Part? Child(Dictionary<string, ReadOnlyMemory<byte>> members, string key, string file) =>
        members.TryGetValue(key, out ReadOnlyMemory<byte> json) && !json.Span.SequenceEqual("null"u8) ? Parse(json, file, key) : null;

    private static void Member<T>(Utf8JsonWriter json, string key, T? part, Action<Utf8JsonWriter, T> write)
        where T : class
    {
        if (part is null)
        {
            json.WriteNull(key);
            return;
        }

        json.WriteStartObject(key);
        write(json, part);
        json.WriteEndObject();
    }
}
