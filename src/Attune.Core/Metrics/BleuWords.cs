using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Attune.Metrics;

/// <summary>Splits text into words as sacrebleu does.</summary>
internal static partial class BleuWords
{
    /// <summary>
    /// What sacrebleu takes for Chinese, both ends included. The first range is what comes of its spelling two planes beyond the basic one with four
    /// digits: general punctuation, arrows and more.
    /// </summary>
    private static readonly (int First, int Last)[] Chinese =
    [
        (0x2001, 0x2A6D), (0x3400, 0x4DB5), (0x4E00, 0x9FBB), (0xF900, 0xFA2D), (0xFA30, 0xFA6A), (0xFA70, 0xFAD9), (0xFF00, 0xFFEF),
        (0x2E80, 0x2EFF), (0x2F00, 0x2FDF), (0x2FF0, 0x2FFF), (0x3000, 0x303F), (0x3100, 0x312F), (0x31A0, 0x31BF), (0x31C0, 0x31EF),
        (0x3200, 0x33FF), (0xFE10, 0xFE1F), (0xFE30, 0xFE4F),
    ];

    public static List<string> Split(string text, BleuTokenizer tokenizer, bool lowercase)
    {
        text = WhiteSpace.TrimEnd(lowercase ? text.ToLowerInvariant() : text);
        return tokenizer switch
        {
            BleuTokenizer.Mteval13a => WhiteSpace.Split(Western(" " + Unescape(text) + " ")),
            BleuTokenizer.International => WhiteSpace.Split(International(text)),
            BleuTokenizer.Character => Characters(text),
            BleuTokenizer.Chinese => WhiteSpace.Split(Western(string.Concat(text.Trim().EnumerateRunes().Select(Apart)))),
            _ => WhiteSpace.Split(text),
        };
    }

    /// <summary>The text's characters, each as a string, without white space.</summary>
    public static List<string> Characters(string text) =>
        [.. text.EnumerateRunes().Where(rune => !rune.IsBmp || !WhiteSpace.Is((char)rune.Value)).Select(rune => rune.ToString())];

    private static string Unescape(string text) => text
        .Replace("<skipped>", "", StringComparison.Ordinal).Replace("-\n", "", StringComparison.Ordinal).Replace('\n', ' ')
        .Replace("&quot;", "\"", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal)
        .Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal);

    private static string Western(string text)
    {
        text = AsciiPunctuation().Replace(text, " $1 ");
        text = StopAfterOther().Replace(text, "$1 $2 ");
        text = StopBeforeOther().Replace(text, " $1 $2");
        return DashAfterDigit().Replace(text, "$1 $2 ");
    }

    private static string Apart(Rune rune) =>
        Chinese.Any(range => rune.Value >= range.First && rune.Value <= range.Last) ? $" {rune} " : rune.ToString();

    private static string International(string text)
    {
        text = Pairs(text, rune => !IsDigit(rune), IsPunctuation, (first, second) => $"{first} {second} ");
        text = Pairs(text, IsPunctuation, rune => !IsDigit(rune), (first, second) => $" {first} {second}");
        return string.Concat(text.EnumerateRunes().Select(rune => Rune.IsSymbol(rune) ? $" {rune} " : rune.ToString()));
    }

    /// <summary>
    /// Rewrites pairs of neighbours from left to right, as a regular expression would if it knew characters beyond the basic plane.
    /// </summary>
    private static string Pairs(string text, Func<Rune, bool> isFirst, Func<Rune, bool> isSecond, Func<Rune, Rune, string> rewrite)
    {
        Rune[] runes = [.. text.EnumerateRunes()];
        var rewritten = new StringBuilder(text.Length * 2);
        for (int i = 0; i < runes.Length; i++)
        {
            if (i + 1 < runes.Length && isFirst(runes[i]) && isSecond(runes[i + 1]))
            {
                rewritten.Append(rewrite(runes[i], runes[++i]));
            }
            else
            {
                rewritten.Append(runes[i].ToString());
            }
        }

        return rewritten.ToString();
    }

    private static bool IsDigit(Rune rune) => Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber;

    private static bool IsPunctuation(Rune rune) => Rune.IsPunctuation(rune);

    [GeneratedRegex(@"([\{-~\[-` -&\(-\+:-@/])")]
    internal static partial Regex AsciiPunctuation();

    [GeneratedRegex("([^0-9])([.,])")]
    internal static partial Regex StopAfterOther();

    [GeneratedRegex("([.,])([^0-9])")]
    internal static partial Regex StopBeforeOther();

    [GeneratedRegex("([0-9])(-)")]
    internal static partial Regex DashAfterDigit();
}
