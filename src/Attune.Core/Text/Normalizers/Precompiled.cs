using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Attune.Text.Normalizers;

/// <summary>SentencePiece's map of characters, applied grapheme by grapheme as the tokenizers library does.</summary>
internal sealed class Precompiled(CharacterMap map) : INormalizer
{
    // Graphemes of so many bytes and more are looked up by character only; SentencePiece's models were trained so.
    private const int LongGrapheme = 6;

    public static Precompiled Read(Part part)
    {
        byte[] bytes;
        try
        {
            bytes = Convert.FromBase64String(part.String("precompiled_charsmap"));
        }
        catch (System.FormatException e)
        {
            throw part.Error("\"precompiled_charsmap\" is not base64: " + e.Message.TrimEnd('.'));
        }

        return new Precompiled(CharacterMap.Read(bytes, part.Path) ?? throw part.Error("\"precompiled_charsmap\" is cut off or broken"));
    }

    public AlignedText Normalize(AlignedText text)
    {
        var changes = new List<(int CodePoint, int Change)>(text.Length);
        ReadOnlySpan<char> span = text.Span;
        bool changed = false;
        for (int i = 0; i < span.Length;)
        {
            int length = StringInfo.GetNextTextElementLength(span[i..]);
            ReadOnlySpan<char> grapheme = span.Slice(i, length);
            i += length;
            if (System.Text.Encoding.UTF8.GetByteCount(grapheme) < LongGrapheme && map.Shortest(grapheme) is { } whole)
            {
                changed = true;
                Replace(changes, CodePoints.Count(grapheme), whole);
                continue;
            }

            for (int c = 0; c < grapheme.Length;)
            {
                int codePoint = CodePoints.At(grapheme, c, out int units);
                if (map.Shortest(grapheme.Slice(c, units)) is { } replacement)
                {
                    changed = true;
                    Replace(changes, 1, replacement);
                }
                else
                {
                    changes.Add((codePoint, 0));
                }

                c += units;
            }
        }

        if (!changed)
        {
            return text;
        }

        var output = new AlignedText(text.Length + 8);
        var rewriter = new TextRewriter(text, 0, text.Length, output);
        foreach ((int codePoint, int change) in changes)
        {
            rewriter.Emit(codePoint, change);
        }

        return output;
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "Precompiled");
        json.WriteBase64String("precompiled_charsmap", map.Bytes);
    }

    private static void Replace(List<(int CodePoint, int Change)> changes, int old, string replacement)
    {
        int count = 0;
        foreach (Rune rune in replacement.EnumerateRunes())
        {
            changes.Add((rune.Value, count++ < old ? 0 : 1));
        }

        if (count < old && changes.Count > 0)
        {
            changes[^1] = changes[^1] with { Change = changes[^1].Change + count - old };
        }
    }
}
