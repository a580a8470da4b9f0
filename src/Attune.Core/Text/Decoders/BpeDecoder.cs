using System.Text.Json;

namespace Attune.Text.Decoders;

/// <summary>Turns the suffix of a word's last token into a space; at the text's end it goes.</summary>
internal sealed class BpeDecoder(string suffix) : IDecoder
{
    public List<string> Decode(List<string> tokens)
    {
        var decoded = new List<string>(tokens.Count);
        foreach (string token in tokens)
        {
            string space = decoded.Count == tokens.Count - 1 ? "" : " ";
            decoded.Add(suffix.Length == 0 ? token : token.Replace(suffix, space, StringComparison.Ordinal));
        }

        return decoded;
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "BPEDecoder");
        json.WriteString("suffix", suffix);
    }
}
