using System.Text.Json;

namespace Attune.Text.Decoders;

/// <summary>Turns tokens back into text, one step of the way.</summary>
internal interface IDecoder
{
    List<string> Decode(List<string> tokens);

    /// <summary>Writes the part's members as tokenizer.json has them.</summary>
    void Write(Utf8JsonWriter json);
}
