using System.Text.Json;

namespace Attune.Text.Normalizers;

/// <summary>Unicode's form KD.</summary>
internal sealed class Nfkd : INormalizer
{
    public AlignedText Normalize(AlignedText text) => Unicode.Normalization.Decompose(text, compatible: true);

    public void Write(Utf8JsonWriter json) => json.WriteString("type", "NFKD");
}
