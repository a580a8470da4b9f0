using System.Text.Json;
using Attune.Text.PreTokenizers;

namespace Attune.Text.Decoders;

/// <summary>Turns SentencePiece's sign for a space back; in the first token it goes, unless none was put there.</summary>
internal sealed class Metaspace(string replacement, PrependScheme scheme, bool split) : IDecoder
{
    public List<string> Decode(List<string> tokens)
    {
        var decoded = new List<string>(tokens.Count);
        foreach (string token in tokens)
        {
            bool drop = decoded.Count == 0 && scheme != PrependScheme.Never;
            decoded.Add(token.Replace(replacement, drop ? "" : " ", StringComparison.Ordinal));
        }

        return decoded;
    }

    public void Write(Utf8JsonWriter json) => PreTokenizers.Metaspace.Write(json, replacement, scheme, split);
}
