using System.Text.Json;

namespace Attune.Text.Decoders;

/// <summary>Decoders one after the other.</summary>
internal sealed class Sequence(IReadOnlyList<IDecoder> decoders) : IDecoder
{
    public List<string> Decode(List<string> tokens)
    {
        foreach (IDecoder decoder in decoders)
        {
            tokens = decoder.Decode(tokens);
        }

        return tokens;
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "Sequence");
        json.WriteStartArray("decoders");
        foreach (IDecoder decoder in decoders)
        {
            json.WriteStartObject();
            decoder.Write(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
