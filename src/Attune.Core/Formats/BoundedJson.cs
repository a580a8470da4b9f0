using System.Text.Json;
using System.Text.Unicode;

namespace Attune.Formats;

/// <summary>
/// JSON from foreign files, strictly: UTF-8, no comments, no trailing commas, no name twice, no number that is not finite, no halves of
/// surrogate pairs, at most 64 deep; and no more memory than the file's size allows.
/// </summary>
internal static class BoundedJson
{
    /// <summary>The longest file.</summary>
    public const int MaxLength = 8 << 20;

    private const int TokenMemory = 24; // An entry of JsonElement's own table, twice for its growth.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Reads a file of at most <see cref="MaxLength"/> bytes, without a byte order mark before it.</summary>
    public static byte[] ReadFile(string path) => Utf8Text.ReadFile(path, MaxLength);

    /// <summary>Parses a document.</summary>
    public static JsonElement Parse(ReadOnlySpan<byte> json, string path)
    {
        if (!Utf8.IsValid(json))
        {
            throw new FormatException(path, 0, "is not UTF-8");
        }

        var reader = new Utf8JsonReader(json);
        try
        {
            var budget = new MemoryBudget(path, json.Length);
            budget.Take(2L * json.Length, 0);
            CheckTokens(ref reader, budget, path);
            return JsonElement.Parse(json, Strict);
        }
        catch (JsonException exception)
        {
            throw new FormatException(path, reader.BytesConsumed, Describe(exception), inner: exception);
        }
    }

    /// <summary>Why a text is no JSON, with its line and column, each from 1.</summary>
    public static string Describe(JsonException exception)
    {
        string reason = exception.Message.Split(" LineNumber:")[0].TrimEnd('.');
        string place = exception is { LineNumber: { } line, BytePositionInLine: { } column } ? $" (line {line + 1}, column {column + 1})" : "";
        return $"is not JSON{place}: {reason}";
    }

    /// <summary>Refuses the reader's current string where its escapes hold half of a surrogate pair.</summary>
    public static void CheckText(ref Utf8JsonReader reader, string path, long start)
    {
        try
        {
            _ = reader.GetString();
        }
        catch (InvalidOperationException exception)
        {
            throw new FormatException(path, start + reader.TokenStartIndex, "a string holds half of a surrogate pair", inner: exception);
        }
    }

    private static void CheckTokens(ref Utf8JsonReader reader, MemoryBudget budget, string path)
    {
        while (reader.Read())
        {
            budget.Take(TokenMemory, reader.TokenStartIndex);
            if (reader.TokenType == JsonTokenType.Number && !double.IsFinite(reader.GetDouble()))
            {
                throw new FormatException(path, reader.TokenStartIndex, "holds a number that is too large");
            }

            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
            {
                CheckText(ref reader, path, 0);
            }
        }
    }
}
