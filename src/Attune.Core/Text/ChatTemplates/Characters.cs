using System.Globalization;
using System.Text;

namespace Attune.Text.ChatTemplates;

/// <summary>Python's view of a string: code points, their classes, its own idea of blanks and line ends.</summary>
internal static class Characters
{
    /// <summary>Whether Python's <c>str.isspace</c>, <c>strip</c> and <c>\s</c> take it for a blank.</summary>
    public static bool IsSpace(char c) => c is (>= '\x1c' and <= '\x1f') || char.IsWhiteSpace(c);

    /// <summary>Whether <c>str.splitlines</c> ends a line here.</summary>
    public static bool IsLineEnd(char c) => c is (>= '\n' and <= '\r') or (>= '\x1c' and <= '\x1e') or '\x85' or '\u2028' or '\u2029';

    /// <summary>The number of code points; half a surrogate pair counts as one.</summary>
    public static int Count(ReadOnlySpan<char> text)
    {
        int count = text.Length;
        for (int i = 0; i + 1 < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && char.IsLowSurrogate(text[i + 1]))
            {
                count--;
                i++;
            }
        }

        return count;
    }

    /// <summary>The number of UTF-16 units of the code point at this index.</summary>
    public static int Width(ReadOnlySpan<char> text, int index) =>
        index + 1 < text.Length && char.IsHighSurrogate(text[index]) && char.IsLowSurrogate(text[index + 1]) ? 2 : 1;

    /// <summary>The UTF-16 index of the code point with this number.</summary>
    public static int Index(ReadOnlySpan<char> text, int codePoint)
    {
        int index = 0;
        for (; codePoint > 0 && index < text.Length; codePoint--)
        {
            index += Width(text, index);
        }

        return index;
    }

    /// <summary>The code point at a UTF-16 index.</summary>
    public static int At(ReadOnlySpan<char> text, int index) =>
        Width(text, index) == 2 ? char.ConvertToUtf32(text[index], text[index + 1]) : text[index];

    /// <summary>Compares by code points, as Python does: UTF-16 order differs above U+D7FF.</summary>
    public static int Compare(string left, string right)
    {
        int shared = Math.Min(left.Length, right.Length);
        for (int i = 0; i < shared; i++)
        {
            char a = left[i], b = right[i];
            if (a != b)
            {
                return char.IsSurrogate(a) == char.IsSurrogate(b) ? a.CompareTo(b) : char.IsSurrogate(a) ? 1 : -1;
            }
        }

        return left.Length.CompareTo(right.Length);
    }

    public static UnicodeCategory Category(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint);

    /// <summary>Whether <c>repr</c> writes it as it is.</summary>
    public static bool IsPrintable(int codePoint) => codePoint == ' ' || Category(codePoint) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);

    public static bool IsAlpha(int codePoint) => Category(codePoint) is UnicodeCategory.LowercaseLetter or UnicodeCategory.UppercaseLetter
        or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter;

    public static bool IsDecimal(int codePoint) => Category(codePoint) == UnicodeCategory.DecimalDigitNumber;

    public static bool IsDigit(int codePoint) => CharUnicodeInfo.GetDigitValue(char.ConvertFromUtf32(Safe(codePoint)), 0) >= 0;

    public static bool IsNumeric(int codePoint) => CharUnicodeInfo.GetNumericValue(char.ConvertFromUtf32(Safe(codePoint)), 0) >= 0;

    public static bool IsAlphanumeric(int codePoint) => IsAlpha(codePoint) || IsDecimal(codePoint) || IsDigit(codePoint) || IsNumeric(codePoint);

    public static bool IsWordPart(int codePoint) => codePoint == '_' || IsAlphanumeric(codePoint);

    public static bool IsUpper(int codePoint) => Category(codePoint) == UnicodeCategory.UppercaseLetter;

    public static bool IsLower(int codePoint) => Category(codePoint) == UnicodeCategory.LowercaseLetter || codePoint is 0xaa or 0xba;

    public static bool IsTitle(int codePoint) => Category(codePoint) == UnicodeCategory.TitlecaseLetter;

    public static bool IsCased(int codePoint) => IsUpper(codePoint) || IsLower(codePoint) || IsTitle(codePoint);

    public static bool IsIdentifier(string text)
    {
        if (text.Length == 0 || !(text[0] == '_' || IsAlpha(At(text, 0)) || Category(At(text, 0)) == UnicodeCategory.LetterNumber))
        {
            return false;
        }

        foreach (Rune rune in text.EnumerateRunes())
        {
            if (!(rune.Value == '_' || IsAlpha(rune.Value) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.LetterNumber
                or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.ConnectorPunctuation))
            {
                return false;
            }
        }

        return true;
    }

    // Half a surrogate pair is no character; the replacement character has none of the classes asked for.
    private static int Safe(int codePoint) => codePoint is >= 0xd800 and <= 0xdfff ? 0xfffd : codePoint;
}
