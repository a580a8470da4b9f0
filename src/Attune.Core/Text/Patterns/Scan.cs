namespace Attune.Text.Patterns;

/// <summary>Runs of one kind of character; each method gives the index after the run.</summary>
internal static class Scan
{
    public static int Letters(ReadOnlySpan<char> text, int index)
    {
        while (index < text.Length)
        {
            if (!CodePoints.IsLetter(CodePoints.At(text, index, out int length)))
            {
                break;
            }

            index += length;
        }

        return index;
    }

    public static int Numbers(ReadOnlySpan<char> text, int index, int atMost)
    {
        for (; atMost > 0 && index < text.Length; atMost--)
        {
            if (!CodePoints.IsNumber(CodePoints.At(text, index, out int length)))
            {
                break;
            }

            index += length;
        }

        return index;
    }

    /// <summary>What is neither white space nor letter nor number.</summary>
    public static int Signs(ReadOnlySpan<char> text, int index)
    {
        while (index < text.Length)
        {
            int codePoint = CodePoints.At(text, index, out int length);
            if (CodePoints.IsWhiteSpace(codePoint) || CodePoints.IsLetter(codePoint) || CodePoints.IsNumber(codePoint))
            {
                break;
            }

            index += length;
        }

        return index;
    }

    public static int LineEnds(ReadOnlySpan<char> text, int index)
    {
        while (index < text.Length && text[index] is '\r' or '\n')
        {
            index++;
        }

        return index;
    }

    /// <summary><c>\s+(?!\S)|\s+</c> from a white space on: its last character is left where something else follows.</summary>
    public static int Spaces(ReadOnlySpan<char> text, int start)
    {
        int index = start + 1;
        while (index < text.Length && char.IsWhiteSpace(text[index]))
        {
            index++;
        }

        return index == text.Length || index == start + 1 ? index : index - 1;
    }

    /// <summary><c>\s*[\r\n]+</c>: the index after the last line end of a run of white space, or <paramref name="start"/>.</summary>
    public static int SpacesToLastLineEnd(ReadOnlySpan<char> text, int start)
    {
        int last = start;
        for (int index = start; index < text.Length && char.IsWhiteSpace(text[index]); index++)
        {
            if (text[index] is '\r' or '\n')
            {
                last = index + 1;
            }
        }

        return last;
    }

    /// <summary><c>'s|'t|'re|'ve|'m|'ll|'d</c> from an apostrophe on; <paramref name="start"/> where there is none.</summary>
    public static int Contraction(ReadOnlySpan<char> text, int start, bool ignoreCase)
    {
        int first = At(text, start + 1, ignoreCase);
        if (first is 's' or 't' or 'm' or 'd')
        {
            return start + 2;
        }

        int second = At(text, start + 2, ignoreCase);
        return (first, second) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? start + 3 : start;
    }

    // U+017F, the long s, is an s whose case is ignored.
    private static int At(ReadOnlySpan<char> text, int index, bool ignoreCase)
    {
        if (index >= text.Length)
        {
            return -1;
        }

        char unit = text[index];
        if (!ignoreCase)
        {
            return unit;
        }

        return unit is >= 'A' and <= 'Z' ? unit | 0x20 : unit == '\u017F' ? 's' : unit;
    }
}
