using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace Attune.Text.Decoders;

/// <summary>Reads runs of <c>&lt;0xE4&gt;</c> as UTF-8; a run that is not UTF-8 becomes one U+FFFD a byte.</summary>
internal sealed class ByteFallback : IDecoder
{
    public List<string> Decode(List<string> tokens)
    {
        var decoded = new List<string>();
        var bytes = new List<byte>();
        foreach (string token in tokens)
        {
            if (token is ['<', '0', 'x', char high, char low, '>']
                && byte.TryParse([high, low], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
            {
                bytes.Add(value);
                continue;
            }

            Flush(bytes, decoded);
            decoded.Add(token);
        }

        Flush(bytes, decoded);
        return decoded;
    }

    public void Write(Utf8JsonWriter json) => json.WriteString("type", "ByteFallback");

    private static void Flush(List<byte> bytes, List<string> decoded)
    {
        byte[] run = bytes.ToArray();
        bytes.Clear();
        if (Utf8.IsValid(run))
        {
            if (run.Length > 0)
            {
                decoded.Add(System.Text.Encoding.UTF8.GetString(run));
            }
        }
        else
        {
            decoded.AddRange(Enumerable.Repeat("\uFFFD", run.Length));
        }
    }
}
