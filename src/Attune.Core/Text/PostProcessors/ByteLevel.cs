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
                text.SetOffsets(i, Trim(text[i].Token, text[i].Place.Offsets, i == 0, addPrefixSpace));
            }

            Trim(text.Overflowing, addPrefixSpace);
        }
    }

    private static TextRange Trim(string token, TextRange offsets, bool isFirst, bool addPrefixSpace)
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

        int start = Math.Min(offsets.Start + leading, offsets.End);
        return new TextRange(start, offsets.End >= trailing ? Math.Max(offsets.End - trailing, start) : offsets.End);
    }

    private static bool IsSpace(char unit) => unit == Space || char.IsWhiteSpace(unit);
}
