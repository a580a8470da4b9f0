using System.Text.Json;
using FormatException = Attune.Formats.FormatException;

namespace Attune.Text.Models;

/// <summary>
/// The members of a model's object in tokenizer.json. The vocabulary and the merges, which are nearly all of the file, are read where they
/// stand; the rest is small.
/// </summary>
internal sealed class ModelMembers
{
    private readonly string file;
    private readonly ReadOnlyMemory<byte> whole;
    private readonly List<Merge> merges = [];
    private ReadOnlyMemory<byte> mergesJson;
    private bool hasMerges;
    private Vocabulary? known;

    private ModelMembers(ReadOnlyMemory<byte> whole, string file)
    {
        this.whole = whole;
        this.file = file;
    }

    /// <summary>All but the vocabulary and the merges.</summary>
    public Part Settings { get; private set; }

    /// <summary>The names of all members.</summary>
    public HashSet<string> Names { get; } = new(StringComparer.Ordinal);

    /// <summary>A vocabulary that is a list, as it stands in the file; empty where it is an object.</summary>
    public ReadOnlyMemory<byte> VocabularyList { get; private set; }

    /// <summary>A vocabulary that is an object of tokens and ids.</summary>
    public Vocabulary Vocabulary => known ?? throw new FormatException(
        file, -1, Names.Contains("vocab") ? "model.vocab: an object of tokens and ids is expected" : "model: \"vocab\" is missing");

    /// <summary>Reads the object at which the reader stands.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="origin">Where in the file it began.</param>
    /// <param name="whole">The file.</param>
    /// <param name="file">Its path, for messages.</param>
    public static ModelMembers Read(ref Utf8JsonReader reader, ref int origin, ReadOnlyMemory<byte> whole, string file)
    {
        var members = new ModelMembers(whole, file);
        members.Read(ref reader, ref origin);
        return members;
    }

    /// <summary>The merges, as ids.</summary>
    public List<Merge> Merges()
    {
        if (!hasMerges)
        {
            throw new FormatException(file, -1, "model: \"merges\" is missing");
        }

        if (mergesJson.Length > 0)
        {
            var reader = new Utf8JsonReader(mergesJson.Span);
            reader.Read();
            BpeReader.Merges(ref reader, Vocabulary, merges, file);
            mergesJson = default;
        }

        return merges;
    }

    private void Read(ref Utf8JsonReader reader, ref int origin)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException(file, -1, "model must be an object");
        }

        using var stream = new MemoryStream();
        using var settings = new Utf8JsonWriter(stream);
        settings.WriteStartObject();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            byte[] buffer = [];
            string name = System.Text.Encoding.UTF8.GetString(VocabularyJson.Unescape(ref reader, ref buffer, file, "model"));
            if (!Names.Add(name))
            {
                throw new FormatException(file, -1, $"model: \"{name}\" comes twice");
            }

            reader.Read();
            switch (name)
            {
                case "vocab" when reader.TokenType == JsonTokenType.StartObject:
                    known = PlainVocabulary(ref reader, ref origin) ?? VocabularyJson.Read(ref reader, whole.Length, file, "model.vocab");
                    break;
                case "vocab":
                    VocabularyList = Skip(ref reader, origin);
                    break;
                case "merges" when known is not null:
                    hasMerges = true;
                    if (!TryPlainMerges(ref reader, ref origin, known))
                    {
                        merges.Clear();
                        BpeReader.Merges(ref reader, known, merges, file);
                    }

                    break;
                case "merges":
                    hasMerges = true;
                    mergesJson = Skip(ref reader, origin);
                    break;
                default:
                    settings.WritePropertyName(name);
                    settings.WriteRawValue(Skip(ref reader, origin).Span);
                    break;
            }
        }

        settings.WriteEndObject();
        settings.Flush();
        Settings = TokenizerJson.Parse(stream.ToArray(), file, "model");
    }

    private Vocabulary? PlainVocabulary(ref Utf8JsonReader reader, ref int origin)
    {
        var plain = new PlainTokens(whole.Span, origin + (int)reader.BytesConsumed);
        var vocabulary = new Vocabulary(Math.Max(16, whole.Length / 64));
        if (!plain.TryRead(vocabulary))
        {
            return null;
        }

        GoOn(ref reader, ref origin, plain.At);
        return vocabulary;
    }

    private bool TryPlainMerges(ref Utf8JsonReader reader, ref int origin, Vocabulary vocabulary)
    {
        var plain = new PlainTokens(whole.Span, origin + (int)reader.BytesConsumed);
        if (reader.TokenType != JsonTokenType.StartArray || !plain.TryRead(vocabulary, merges))
        {
            return false;
        }

        GoOn(ref reader, ref origin, plain.At);
        return true;
    }

    // At the bracket that closes what was read without the reader.
    private void GoOn(ref Utf8JsonReader reader, ref int origin, int at)
    {
        reader = new Utf8JsonReader(whole.Span[at..], isFinalBlock: true, reader.CurrentState);
        origin = at;
        reader.Read();
    }

    private ReadOnlyMemory<byte> Skip(ref Utf8JsonReader reader, int origin)
    {
        int start = origin + (int)reader.TokenStartIndex;
        reader.Skip();
        return whole[start..(origin + (int)reader.BytesConsumed)];
    }
}
