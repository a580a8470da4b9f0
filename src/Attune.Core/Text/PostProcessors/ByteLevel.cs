using System.Text.Json;

namespace Attune.Text.PostProcessors;

/// <summary>Takes the white space at both ends of a token out of its offsets, where asked to.</summary>
internal sealed class ByteLevel(bool addPrefixSpace, bool trimOffsets, bool useRegex) : IPostProcessor
{
    private static readonly char Space = ByteAlphabet.Character((byte)' ');

    public static ByteLevel Read(Part part) => new(part.Bool("add_prefix_space"), part.Bool("trim_offsets"), part.Bool("use_regex", true));

    public int AddedCount(bool isPair) => 0;

    public IReadOnlyList<EncodingBuilder> Process(IReadOnlyList<EncodingBuilder> texts, bool addSpecialTokens)
    {
        if (trimOffsets)
        {
            Trim(texts, addPrefixSpace);
        }

        return texts;
    }

    public void Write(Utf8JsonWriter json) => PreTokenizers.ByteLevel.Write(json, addPrefixSpace, trimOffsets, useRegex);

    /// <summary>Trims the offsets of texts and of what overflows of them.</summary>
    public static void Trim(IEnumerable<EncodingBuilder> texts, bool addPrefixSpace)
    {
        foreach (EncodingBuilder text in texts)
        {
            for (int i = 0; i < text.Count; i++)
            {
                text.SetOffsets(i, Trim(text.Text, text[i].Token, text[i].Place.Offsets, i == 0, addPrefixSpace));
            }

            Trim(text.Overflowing, addPrefixSpace);
        }
    }

    private static TextRange Trim(string text, string token, TextRange offsets, bool isFirst, bool addPrefixSpace)
    {
        int leading = 0;
        while (leading < token.Length && IsSpace(token[leading]))
        {
            leading++;
        }

        int trailing = 0;
        while (trailing < token.Length && IsSpace(token[^(trailing + 1)]))
        {
            trailing++;
        }

        // The one space at the start is the one that was put there.
        if ((isFirst || offsets.Start == 0) && addPrefixSpace && leading == 1)
        {
            leading = 0;
        }

        int start = Forward(text, offsets, leading);
        return new TextRange(start, Math.Max(Back(text, offsets.End, trailing), start));
    }

    // Character by character of the text: a space that was put before an emoji stands for the whole of it.
    private static int Forward(string text, TextRange offsets, int characters)
    {
        int at = offsets.Start;
        for (; characters > 0 && at < offsets.End; characters--)
        {
            at += CodePoints.LengthAt(text, at);
        }

        return Math.Min(at, offsets.End);
    }

    // Where there are not that many, none is taken away.
    private static int Back(string text, int end, int characters)
    {
        int at = end;
        for (; characters > 0; characters--)
        {
            if (at == 0)
            {
                return end;
            }

            _ = CodePoints.Before(text, at, out int length);
            at -= length;
        }

        return at;
    }

    private static bool IsSpace(char unit) => unit == Space || char.IsWhiteSpace(unit);
}
