using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Attune.Data;

/// <summary>Writes a row whose columns are strings.</summary>
internal sealed class StringRow(IEnumerable<string> names)
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly JsonEncodedText[] _names = names.Select(name => JsonEncodedText.Encode(name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)).ToArray();
    private readonly ArrayBufferWriter<byte> _buffer = new();

    public delegate ReadOnlySpan<byte> Utf8Value(int column);

    public int Columns => _names.Length;

    public string Name(int column) => _names[column].Value;

    /// <summary>The row with these values, which are valid UTF-8.</summary>
    public DataRow At(RowPlace place, Utf8Value value)
    {
        _buffer.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(_buffer, Plain))
        {
            writer.WriteStartObject();
            for (int i = 0; i < _names.Length; i++)
            {
                writer.WriteString(_names[i], value(i));
            }

            writer.WriteEndObject();
        }

        return new DataRow(place, JsonElement.Parse(_buffer.WrittenSpan));
    }
}
