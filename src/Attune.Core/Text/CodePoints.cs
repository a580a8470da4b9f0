using System.Globalization;

namespace Attune.Text;

/// <summary>
/// Code points of UTF-16 text and their classes. A surrogate without its partner counts as U+FFFD, as it would be written in UTF-8.
/// </summary>
internal static class CodePoints
{
    public const int Replacement = 0xFFFD;

    /// <summary>The code point that begins at <paramref name="index"/>, and how many units it takes.</summary>
    public static int At(ReadOnlySpan<char> text, int index, out int length)
    {
        char unit = text[index];
        length = 1;
        if (!char.IsSurrogate(unit))
        {
            return unit;
        }

        if (char.IsHighSurrogate(unit) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]))
        {
            length = 2;
            return char.ConvertToUtf32(unit, text[index + 1]);
        }

        return Replacement;
    }

    /// <summary>The units of the code point that begins at <paramref name="index"/>.</summary>
    public static int LengthAt(ReadOnlySpan<char> text, int index) =>
        char.IsHighSurrogate(text[index]) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]) ? 2 : 1;

    /// <summary>The code point that ends before <paramref name="index"/>, and how many units it takes.</summary>
    public static int Before(ReadOnlySpan<char> text, int index, out int length)
    {
        if (index >= 2 && char.IsLowSurrogate(text[index - 1]) && char.IsHighSurrogate(text[index - 2]))
        {
            length = 2;
            return char.ConvertToUtf32(text[index - 2], text[index - 1]);
        }

        return At(text, index - 1, out length);
    }

    /// <summary>How many code points there are.</summary>
    public static int Count(ReadOnlySpan<char> text)
    {
        int count = text.Length;
        for (int i = 1; i < text.Length; i++)
        {
            if (char.IsLowSurrogate(text[i]) && char.IsHighSurrogate(text[i - 1]))
            {
                count--;
            }
        }

        return count;
    }

    /// <summary>The property White_Space.</summary>
    public static bool IsWhiteSpace(int codePoint) => codePoint < 0x10000 && char.IsWhiteSpace((char)codePoint);

    /// <summary>General categories Lu, Ll, Lt, Lm, Lo.</summary>
    public static bool IsLetter(int codePoint) => codePoint < 128
        ? (uint)((codePoint | 0x20) - 'a') < 26
        : CharUnicodeInfo.GetUnicodeCategory(codePoint) <= UnicodeCategory.OtherLetter;

    /// <summary>General categories Nd, Nl, No.</summary>
    public static bool IsNumber(int codePoint) => codePoint < 128
        ? (uint)(codePoint - '0') < 10
        : CharUnicodeInfo.GetUnicodeCategory(codePoint) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber
            or UnicodeCategory.OtherNumber;

    /// <summary>General categories P*, and ASCII's other signs.</summary>
    public static bool IsPunctuation(int codePoint) => codePoint < 128
        ? codePoint is (>= '!' and <= '/') or (>= ':' and <= '@') or (>= '[' and <= '`') or (>= '{' and <= '~')
        : CharUnicodeInfo.GetUnicodeCategory(codePoint) is >= UnicodeCategory.ConnectorPunctuation
            and <= UnicodeCategory.OtherPunctuation;

    /// <summary>A character of a word as UTS 18 has it: alphabetic, mark, decimal digit, connector, joiner.</summary>
    public static bool IsWord(int codePoint)
    {
        if (codePoint < 128)
        {
            return (uint)((codePoint | 0x20) - 'a') < 26 || (uint)(codePoint - '0') < 10 || codePoint == '_';
        }

        return CharUnicodeInfo.GetUnicodeCategory(codePoint) switch
        {
            <= UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation => true,
            UnicodeCategory.Format => codePoint is 0x200C or 0x200D,
            UnicodeCategory.OtherSymbol => codePoint is (>= 0x24B6 and <= 0x24E9) or (>= 0x1F130 and <= 0x1F149)
                or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189),
            _ => false,
        };
    }
}
