using System.Text.Json;
using Attune.Text.Unicode;

namespace Attune.Text.Normalizers;

/// <summary>Drops combining marks.</summary>
internal sealed class StripAccents : INormalizer
{
    public AlignedText Normalize(AlignedText text) => Filter.Keep(text, static codePoint => codePoint < 0x300 || !CodePointClass.Mark.Contains(codePoint));

    public void Write(Utf8JsonWriter json) => json.WriteString("type", "StripAccents");
}
