using System.Text.Json;

namespace Attune.Text.Normalizers;

/// <summary>Drops white space at the ends.</summary>
internal sealed class Strip(bool left, bool right) : INormalizer
{
    public AlignedText Normalize(AlignedText text)
    {
        ReadOnlySpan<char> span = text.Span;
        int start = left ? span.Length - span.TrimStart().Length : 0;
        int end = right ? Math.Max(start, span.TrimEnd().Length) : span.Length;
        var output = new AlignedText(end - start);
        output.Append(text, start, end);
        return output;
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "Strip");
        json.WriteBoolean("strip_left", left);
        json.WriteBoolean("strip_right", right);
    }
}
