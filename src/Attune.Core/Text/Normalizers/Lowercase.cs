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
                rewriter.Emit(Lower(codePoint), 0);
            }

            i += length;
        }

        return output;
    }

    public void Write(Utf8JsonWriter json) => json.WriteString("type", "Lowercase");

    // The letters of Unicode 17 are the tokenizers library's and may not be .NET's yet.
    private static int Lower(int codePoint) => codePoint switch
    {
        0xA7CE or 0xA7D2 or 0xA7D4 => codePoint + 1,
        >= 0x16EA0 and <= 0x16EB8 => codePoint + 0x1B,
        _ => System.Text.Rune.ToLowerInvariant(new System.Text.Rune(codePoint)).Value,
    };
}
