using System.Globalization;
using Attune.Text.Unicode;

namespace Attune.Text.Patterns;

/// <summary>The sets that <c>\p{…}</c> and <c>[[:…:]]</c> name.</summary>
internal static class UnicodeProperty
{
    private static readonly Dictionary<string, UnicodeCategory[]> Categories = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Lu"] = [UnicodeCategory.UppercaseLetter],
        ["Ll"] = [UnicodeCategory.LowercaseLetter],
        ["Lt"] = [UnicodeCategory.TitlecaseLetter],
        ["Lm"] = [UnicodeCategory.ModifierLetter],
        ["Lo"] = [UnicodeCategory.OtherLetter],
        ["Mn"] = [UnicodeCategory.NonSpacingMark],
        ["Mc"] = [UnicodeCategory.SpacingCombiningMark],
        ["Me"] = [UnicodeCategory.EnclosingMark],
        ["Nd"] = [UnicodeCategory.DecimalDigitNumber],
        ["Nl"] = [UnicodeCategory.LetterNumber],
        ["No"] = [UnicodeCategory.OtherNumber],
        ["Zs"] = [UnicodeCategory.SpaceSeparator],
        ["Zl"] = [UnicodeCategory.LineSeparator],
        ["Zp"] = [UnicodeCategory.ParagraphSeparator],
        ["Cc"] = [UnicodeCategory.Control],
        ["Cf"] = [UnicodeCategory.Format],
        ["Cs"] = [UnicodeCategory.Surrogate],
        ["Co"] = [UnicodeCategory.PrivateUse],
        ["Cn"] = [UnicodeCategory.OtherNotAssigned],
        ["Pc"] = [UnicodeCategory.ConnectorPunctuation],
        ["Pd"] = [UnicodeCategory.DashPunctuation],
        ["Ps"] = [UnicodeCategory.OpenPunctuation],
        ["Pe"] = [UnicodeCategory.ClosePunctuation],
        ["Pi"] = [UnicodeCategory.InitialQuotePunctuation],
        ["Pf"] = [UnicodeCategory.FinalQuotePunctuation],
        ["Po"] = [UnicodeCategory.OtherPunctuation],
        ["Sm"] = [UnicodeCategory.MathSymbol],
        ["Sc"] = [UnicodeCategory.CurrencySymbol],
        ["Sk"] = [UnicodeCategory.ModifierSymbol],
        ["So"] = [UnicodeCategory.OtherSymbol],
    };

    private static readonly Dictionary<string, string> LongNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Letter"] = "L",
        ["UppercaseLetter"] = "Lu",
        ["LowercaseLetter"] = "Ll",
        ["TitlecaseLetter"] = "Lt",
        ["ModifierLetter"] = "Lm",
        ["OtherLetter"] = "Lo",
        ["Mark"] = "M",
        ["NonspacingMark"] = "Mn",
        ["SpacingMark"] = "Mc",
        ["EnclosingMark"] = "Me",
        ["Number"] = "N",
        ["DecimalNumber"] = "Nd",
        ["LetterNumber"] = "Nl",
        ["OtherNumber"] = "No",
        ["Separator"] = "Z",
        ["SpaceSeparator"] = "Zs",
        ["Punctuation"] = "P",
        ["Symbol"] = "S",
        ["MathSymbol"] = "Sm",
        ["CurrencySymbol"] = "Sc",
        ["Other"] = "C",
        ["Control"] = "Cc",
        ["Format"] = "Cf",
    };

    /// <summary>White space: what <c>\s</c> names.</summary>
    public static readonly CodePointSet Space = new CodePointSet.Property("space", CodePoints.IsWhiteSpace);

    /// <summary>Decimal digits: what <c>\d</c> names.</summary>
    public static readonly CodePointSet Digit = new CodePointSet.Property("digit", static c =>
        c < 128 ? c is >= '0' and <= '9' : CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.DecimalDigitNumber);

    /// <summary>Letters, marks, decimal digits and connectors: what <c>\w</c> names.</summary>
    public static readonly CodePointSet Word = new CodePointSet.Property("word", static c => c < 128
        ? CodePoints.IsWord(c)
        : CharUnicodeInfo.GetUnicodeCategory(c) is <= UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ConnectorPunctuation);

    /// <summary>Hexadecimal digits: what <c>\h</c> names.</summary>
    public static readonly CodePointSet HexDigit = new CodePointSet.Property("hex", static c => c < 128 && char.IsAsciiHexDigit((char)c));

    /// <summary>The set of a name, or null where it is not known.</summary>
    public static CodePointSet? Named(string name)
    {
        string bare = name.Replace("_", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
        bare = LongNames.GetValueOrDefault(bare, bare);
        if (Categories.TryGetValue(bare, out UnicodeCategory[]? one))
        {
            return Of(bare, one);
        }

        UnicodeCategory[] group = Categories.Where(entry => bare.Length == 1 && entry.Key[0] == char.ToUpperInvariant(bare[0])).SelectMany(entry => entry.Value).ToArray();
        if (group.Length > 0)
        {
            return Of(bare, group);
        }

        return bare.ToUpperInvariant() switch
        {
            "SPACE" => Space,
            "DIGIT" => Digit,
            "WORD" => Word,
            "XDIGIT" => HexDigit,
            "ANY" => new CodePointSet.Range(0, 0x10FFFF),
            "ASCII" => new CodePointSet.Range(0, 127),
            "ALPHA" => new CodePointSet.Property("alpha", static c => CodePoints.IsWord(c) && !Digit.Contains(c) && c != '_'),
            "ALNUM" => new CodePointSet.Property("alnum", static c => CodePoints.IsWord(c) && c != '_'),
            "UPPER" => Of("Lu", [UnicodeCategory.UppercaseLetter]),
            "LOWER" => Of("Ll", [UnicodeCategory.LowercaseLetter]),
            "PUNCT" => new CodePointSet.Property("punct", CodePoints.IsPunctuation),
            "CNTRL" => Of("Cc", [UnicodeCategory.Control]),
            "BLANK" => new CodePointSet.Property("blank", static c => c == '\t' || CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.SpaceSeparator),
            _ => Scripts.Named(bare) is { } script ? new CodePointSet.Property(script, c => Scripts.Of(c) == script) : null,
        };
    }

    private static CodePointSet.Property Of(string name, UnicodeCategory[] categories)
    {
        ulong mask = categories.Aggregate(0UL, (bits, category) => bits | (1UL << (int)category));
        return new CodePointSet.Property(name, c => (mask >> (int)CharUnicodeInfo.GetUnicodeCategory(c) & 1) != 0);
    }
}
