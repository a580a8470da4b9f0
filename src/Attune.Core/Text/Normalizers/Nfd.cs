using System.Text.Json;

namespace Attune.Text.Normalizers;

/// <summary>Unicode's form D.</summary>
internal sealed class Nfd : INormalizer
{
    public AlignedText Normalize(AlignedText text) => Unicode.Normalization.Decompose(text, compatible: false);

    public void Write(Utf8JsonWriter json) => json.WriteString("type", "NFD");
}
