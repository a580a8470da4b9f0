using System.Text.Json;

namespace Attune.Text.Normalizers;

/// <summary>Drops control characters, and makes unusual spaces usual: what SentencePiece does for translation.</summary>
internal sealed class Nmt : INormalizer
{
    public AlignedText Normalize(AlignedText text) => Filter.Map(text, static codePoint => codePoint switch
    {
        (>= 1 and <= 8) or 0x0B or (>= 0x0E and <= 0x1F) or 0x7F or 0x8F or 0x9F => -1,
        0x09 or 0x0A or 0x0C or 0x0D or 0x1680 or (>= 0x200B and <= 0x200F) or 0x2028 or 0x2029 or 0x2581 or 0xFEFF or 0xFFFD => ' ',
        _ => codePoint,
    });

    public void Write(Utf8JsonWriter json) => json.WriteString("type", "Nmt");
}
