using System.Text.Json;
using FormatException = Attune.Formats.FormatException;

namespace Attune.Text.Models;

/// <summary>A vocabulary as JSON has it: an object of tokens and their ids.</summary>
internal static class VocabularyJson
{
    /// <summary>Reads the object that the bytes hold.</summary>
    public static Vocabulary Read(ReadOnlySpan<byte> json, string file, string path)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        Vocabulary vocabulary = Read(ref reader, json.Length, file, path);
        reader.Read();
        return vocabulary;
    }

    /// <summary>Reads the object at which the reader stands.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="size">How many bytes there are at most.</param>
    /// <param name="file">The file, for messages.</param>
    /// <param name="path">The object, for messages.</param>
    public static Vocabulary Read(ref Utf8JsonReader reader, int size, string file, string path)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException(file, -1, $"{path}: an object of tokens and ids is expected");
        }

        var vocabulary = new Vocabulary(Math.Max(16, size / 64));
        byte[] token = new byte[256];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadOnlySpan<byte> name = Unescape(ref reader, ref token, file, path);
            reader.Read();
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out int id) || (uint)id >= Vocabulary.IdLimit)
            {
                throw new FormatException(
                    file,
                    -1,
                    $"{path}: the id of \"{System.Text.Encoding.UTF8.GetString(name)}\" must be a whole number from 0 to {Vocabulary.IdLimit - 1}");
            }

            if (!vocabulary.TryAdd(name, id))
            {
                throw new FormatException(file, -1, $"{path}: \"{System.Text.Encoding.UTF8.GetString(name)}\" comes twice");
            }
        }

        return vocabulary;
    }

    /// <summary>Writes the member <c>vocab</c>, in the order of the ids.</summary>
    public static void Write(Utf8JsonWriter json, Vocabulary vocabulary)
    {
        json.WriteStartObject("vocab");
        for (int id = 0; id < vocabulary.IdBound; id++)
        {
            if (vocabulary.Has(id))
            {
                json.WriteNumber(vocabulary.BytesOf(id), id);
            }
        }

        json.WriteEndObject();
    }

    /// <summary>The current string without its escapes; the buffer grows as needed.</summary>
    public static ReadOnlySpan<byte> Unescape(ref Utf8JsonReader reader, ref byte[] buffer, string file, string path)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan;
        }

        if (buffer.Length < reader.ValueSpan.Length)
        {
            buffer = new byte[reader.ValueSpan.Length * 2];
        }

        try
        {
            return buffer.AsSpan(0, reader.CopyString(buffer));
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException(file, -1, $"{path}: a string is not valid Unicode", inner: e);
        }
    }
}
