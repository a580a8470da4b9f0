using System.Text.Json;

namespace Attune.Text.Normalizers;

/// <summary>Unicode's form KC.</summary>
internal sealed class Nfkc : INormalizer
{
    public AlignedText Normalize(AlignedText text) => Unicode.Normalization.Compose(text, compatible: true);

    public void Write(Utf8JsonWriter json) => json.WriteString("type", "NFKC");
}
