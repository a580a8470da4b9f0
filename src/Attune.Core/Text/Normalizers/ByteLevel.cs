using System.Text.Json;

namespace Attune.Text.Normalizers;

/// <summary>Spells the text out in the byte alphabet.</summary>
internal sealed class ByteLevel : INormalizer
{
    public AlignedText Normalize(AlignedText text)
    {
        var output = new AlignedText(text.Length + 8);
        ByteAlphabet.Spell(text, 0, text.Length, output);
        return output;
    }

    public void Write(Utf8JsonWriter json) => json.WriteString("type", "ByteLevel");
}
