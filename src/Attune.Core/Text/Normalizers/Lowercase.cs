using System.Text.Json;

namespace Attune.Text.Normalizers;

/// <summary>Lower case, by Unicode's full mapping without regard to language or neighbours.</summary>
internal sealed class Lowercase : INormalizer
{
    public AlignedText Normalize(AlignedText text)
    {
        var output = new AlignedText(text.Length + 8);
        var rewriter = new TextRewriter(text, 0, text.Length, output);
        ReadOnlySpan<char> span = text.Span;
        for (int i = 0; i < span.Length;)
        {
            int codePoint = CodePoints.At(span, i, out int length);
            if (codePoint == 0x130)
            {
                rewriter.Emit('i', 0);
                rewriter.Emit(0x307, 1);
            }
            else
            {
                rewriter.Emit(System.Text.Rune.ToLowerInvariant(new System.Text.Rune(codePoint)).Value, 0);
            }

            i += length;
        }

        return output;
    }

    public void Write(Utf8JsonWriter json) => json.WriteString("type", "Lowercase");
}
