using System.Text.Json;

namespace Attune.Text.Normalizers;

/// <summary>Drops combining marks.</summary>
internal sealed class StripAccents : INormalizer
{
    public AlignedText Normalize(AlignedText text) => Filter.Keep(text, codePoint => !CodePoints.IsMark(codePoint));

    public void Write(Utf8JsonWriter json) => json.WriteString("type", "StripAccents");
}
