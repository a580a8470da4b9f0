using System.Text;

namespace Attune.Data;

/// <summary>The beginning of a text, short enough for a line of a report and without characters that would spoil it.</summary>
internal static class Excerpt
{
    /// <summary>The most characters that an excerpt has, its closing dots included.</summary>
    public const int Length = 60;

    public static string Of(ReadOnlySpan<char> text)
    {
        var result = new StringBuilder(Length);
        int last = 0;
        foreach (Rune rune in text.TrimStart().EnumerateRunes())
        {
            string piece = rune.Value switch
            {
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\0' => "\\0",
                < 0x20 or (>= 0x7F and < 0xA0) or 0x2028 or 0x2029 or 0xFEFF => $"\\u{rune.Value:x4}",
                _ => rune.ToString(),
            };
            if (result.Length + piece.Length > Length)
            {
                result.Length = result.Length < Length ? result.Length : last;
                return result.Append('…').ToString();
            }

            last = result.Length;
            result.Append(piece);
        }

        return result.ToString();
    }

    /// <summary>The same of UTF-8, valid or not.</summary>
    public static string Of(ReadOnlySpan<byte> utf8) => Of(Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, 8 * Length)]));
}
