using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Attune.Data;

/// <summary>From the bytes of one JSON object to a row, or to the reason why it is none.</summary>
internal static class JsonRow
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    /// <summary>Reads one row.</summary>
    /// <param name="utf8">The object, with white space around it.</param>
    /// <param name="place">Where it stands.</param>
    /// <param name="reason">Why the result is null.</param>
    public static DataRow? Read(ReadOnlySpan<byte> utf8, RowPlace place, out string reason)
    {
        JsonElement? row = Parse(utf8, out reason, place.IsLine ? place.Number : 1);
        if (row is { ValueKind: not JsonValueKind.Object })
        {
            reason = $"a row must be a JSON object, not {Name(row.Value.ValueKind)}";
            return null;
        }

        return row is null ? null : new DataRow(place, row.Value);
    }

    /// <summary>Reads one JSON value whose strings are valid Unicode without NUL and whose objects have no name twice.</summary>
    /// <param name="utf8">The value, with white space around it.</param>
    /// <param name="reason">Why the result is null.</param>
    /// <param name="line">The line of the file on which the value begins.</param>
    public static JsonElement? Parse(ReadOnlySpan<byte> utf8, out string reason, long line = 1)
    {
        reason = Flaw(utf8) ?? "";
        if (reason.Length > 0)
        {
            return null;
        }

        try
        {
            return JsonElement.Parse(utf8, Strict);
        }
        catch (JsonException error)
        {
            reason = Explain(error, utf8, line);
            return null;
        }
    }

    /// <summary>A value's kind in words.</summary>
    public static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        _ => "null",
    };

    // What System.Text.Json would accept, or refuse with words that help nobody.
    private static string? Flaw(ReadOnlySpan<byte> utf8)
    {
        if (utf8.StartsWith("\uFEFF"u8))
        {
            return "a byte order mark inside the file (files joined together?)";
        }

        if (utf8.Contains((byte)0))
        {
            return "a NUL byte (the file is damaged, or is UTF-16: save it as UTF-8)";
        }

        if (!Utf8.IsValid(utf8))
        {
            return $"invalid UTF-8 at byte {FirstInvalid(utf8) + 1} of the row (save the file as UTF-8)";
        }

        return utf8.IndexOf("\\u"u8) < 0 ? null : BadEscape(utf8);
    }

    private static int FirstInvalid(ReadOnlySpan<byte> utf8)
    {
        int position = 0;
        while (Rune.DecodeFromUtf8(utf8[position..], out _, out int length) == System.Buffers.OperationStatus.Done)
        {
            position += length;
        }

        return position;
    }

    // \u0000 and halves of surrogate pairs; outside strings they are no JSON at all and the parser says so.
    private static string? BadEscape(ReadOnlySpan<byte> utf8)
    {
        bool high = false;
        for (int i = 0; i < utf8.Length; i++)
        {
            int code = 0;
            bool escape = utf8[i] == '\\' && i + 1 < utf8.Length;
            if (escape && utf8[i + 1] == 'u' && i + 6 <= utf8.Length && Hex(utf8.Slice(i + 2, 4)) is >= 0 and var value)
            {
                code = value;
                i += 4;
                if (code == 0)
                {
                    return "a NUL character (\\u0000) in a string";
                }
            }

            bool low = code is >= 0xDC00 and <= 0xDFFF;
            if (high != low)
            {
                return "half of a surrogate pair (\\ud800 to \\udfff alone) in a string: no valid Unicode";
            }

            high = code is >= 0xD800 and <= 0xDBFF;
            i += escape ? 1 : 0;
        }

        return null;
    }

    private static int Hex(ReadOnlySpan<byte> digits) =>
        int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value) ? value : -1;

    private static string Explain(JsonException error, ReadOnlySpan<byte> utf8, long line)
    {
        string message = error.Message;
        if (message.Contains("uplicate", StringComparison.Ordinal))
        {
            string[] quoted = message.Split('\'');
            return quoted.Length > 2 ? $"the name \"{quoted[1]}\" stands twice in one object" : "a name stands twice in one object";
        }

        if (message.Contains("depth to be zero", StringComparison.Ordinal))
        {
            return "not JSON (the row ends before its brackets are closed)";
        }

        if (message.Contains("depth", StringComparison.Ordinal))
        {
            return "lists and objects nested deeper than 64";
        }

        int end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        string cause = (end < 0 ? message : message[..end]).TrimEnd('.', ' ');
        if (cause.Length > 0)
        {
            cause = char.ToLowerInvariant(cause[0]) + cause[1..];
        }

        long column = error.BytePositionInLine is { } bytes && error.LineNumber == 0 && bytes <= utf8.Length
            ? Encoding.UTF8.GetCharCount(utf8[..(int)bytes]) + 1 : -1;
        string place = column > 0 ? $" at column {column}" : error.LineNumber > 0 ? $" on line {line + error.LineNumber}" : "";
        return $"not JSON{place} ({cause})";
    }
}
