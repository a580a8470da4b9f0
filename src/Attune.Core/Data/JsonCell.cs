using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attune.Data;

/// <summary>JSON that a table's cell holds as text, as CSV must and as exports to Parquet and JSONL often do.</summary>
internal static class JsonCell
{
    // A table that was written twice holds text of text.
    private const int Layers = 3;

    /// <summary>What a value says: itself, or the JSON in it where it is text; undefined where that text is blank.</summary>
    /// <param name="value">The value.</param>
    /// <param name="place">What it is, for messages: <c>messages</c>, <c>messages[2].tool_calls</c>.</param>
    /// <exception cref="BadRowException">It is text and no JSON.</exception>
    public static JsonElement Open(JsonElement value, string place)
    {
        for (int i = 0; value.ValueKind == JsonValueKind.String && i < Layers; i++)
        {
            string text = value.GetString()!;
            value = string.IsNullOrWhiteSpace(text) ? default : Parse(text, place);
        }

        return value;
    }

    /// <summary>Whether a value is a list, or text that can only be meant as one.</summary>
    public static bool IsList(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array || value.ValueKind == JsonValueKind.String && BeginsList(value.GetString()!);

    /// <summary>Whether a cell is empty, as a table's are: text that is blank. JSON's null is no cell: it is missing.</summary>
    public static bool IsBlank(JsonElement value) => value.ValueKind == JsonValueKind.String && string.IsNullOrWhiteSpace(value.GetString());

    /// <summary>Whether a cell holds words: text that does not begin as JSON, or as Python's writing of it, does.</summary>
    public static bool IsPlainText(JsonElement value) => value.ValueKind == JsonValueKind.String && value.GetString()!.TrimStart() is { Length: > 0 } text
        && text[0] is not ('[' or '{' or '"') && !text.StartsWith("array(", StringComparison.Ordinal);

    /// <summary>The JSON that was put together from a row's.</summary>
    /// <exception cref="BadRowException">It is nested too deep.</exception>
    public static JsonElement Build(JsonNode json, string place)
    {
        try
        {
            return JsonSerializer.SerializeToElement(json);
        }
        catch (JsonException)
        {
            throw new BadRowException($"{place}: lists and objects nested deeper than 64");
        }
    }

    private static bool BeginsList(string text)
    {
        ReadOnlySpan<char> start = text.AsSpan().TrimStart().TrimStart('"').TrimStart();
        return start.StartsWith("[") || start.StartsWith("array(");
    }

    private static JsonElement Parse(string json, string place)
    {
        if (JsonRow.Parse(System.Text.Encoding.UTF8.GetBytes(json), out string reason) is { } value)
        {
            return value;
        }

        throw new BadRowException(IsPython(json)
            ? $"{place}: a Python list or dict written as text (single quotes), which is not JSON; write the column with json.dumps, or save the table as JSONL"
            : $"{place}: {reason}", json);
    }

    // As str() writes lists and dicts and pandas and numpy write columns of them: keys stand in single quotes.
    private static bool IsPython(string text)
    {
        ReadOnlySpan<char> start = text.AsSpan().TrimStart();
        start = start.StartsWith("array(") ? start["array(".Length..] : start;
        return start.TrimStart(" \t\r\n[({").StartsWith("'");
    }
}
