using System.Text.Json;

namespace Attune.Text.Normalizers;

/// <summary>Unicode's form C.</summary>
internal sealed class Nfc : INormalizer
{
    public AlignedText Normalize(AlignedText text) => Unicode.Normalization.Compose(text, compatible: false);

    public void Write(Utf8JsonWriter json) => json.WriteString("type", "NFC");
}
