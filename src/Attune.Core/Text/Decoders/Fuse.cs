using System.Text.Json;

namespace Attune.Text.Decoders;

/// <summary>Makes one of all.</summary>
internal sealed class Fuse : IDecoder
{
    public List<string> Decode(List<string> tokens) => [string.Concat(tokens)];

    public void Write(Utf8JsonWriter json) => json.WriteString("type", "Fuse");
}
