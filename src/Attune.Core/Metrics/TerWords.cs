using System.Text.RegularExpressions;

namespace Attune.Metrics;

/// <summary>The settings of TER, with sacrebleu's defaults.</summary>
public sealed record TerOptions
{
    /// <summary>Whether punctuation is set apart from words.</summary>
    public bool Normalized { get; init; }

    /// <summary>Whether punctuation is taken away.</summary>
    public bool NoPunctuation { get; init; }

    /// <summary>Whether both know Chinese and Japanese, whose characters are then words.</summary>
    public bool AsianSupport { get; init; }

    /// <summary>Whether case counts.</summary>
    public bool CaseSensitive { get; init; }
}

/// <summary>Splits text into words as Tercom does, in sacrebleu's reading of it.</summary>
internal static partial class TerWords
{
    public static List<string> Split(string text, TerOptions options)
    {
        text = WhiteSpace.TrimEnd(options.CaseSensitive ? text : text.ToLowerInvariant());
        if (options.Normalized && text.Length > 0)
        {
            text = options.AsianSupport ? Asian(Western(text)) : Western(text);
        }

        if (options.NoPunctuation)
        {
            text = Punctuation().Replace(text, "");
            text = options.AsianSupport ? FullWidthPunctuation().Replace(AsianPunctuation().Replace(text, ""), "") : text;
        }

        return WhiteSpace.Split(text);
    }

    private static string Western(string text)
    {
        text = text.Replace("\n-", "", StringComparison.Ordinal).Replace('\n', ' ').Replace("&quot;", "\"", StringComparison.Ordinal)
            .Replace("&amp;", "&", StringComparison.Ordinal).Replace("&lt;", "<", StringComparison.Ordinal)
            .Replace("&gt;", ">", StringComparison.Ordinal);
        text = BleuWords.AsciiPunctuation().Replace(" " + text + " ", " $1 ");
        text = text.Replace("'s ", " 's ", StringComparison.Ordinal);
        text = BleuWords.StopAfterOther().Replace(text, "$1 $2 ");
        text = BleuWords.StopBeforeOther().Replace(text, " $1 $2");
        return BleuWords.DashAfterDigit().Replace(text, "$1 $2 ");
    }

    private static string Asian(string text)
    {
        text = Ideographs().Replace(text, " $1 ");
        text = Strokes().Replace(text, " $1 ");
        text = Compatibility().Replace(text, " $1 ");
        text = Enclosed().Replace(text, " $1 ");
        text = AsianPunctuation().Replace(text, " $1 ");
        return FullWidthPunctuation().Replace(text, " $1 ");
    }

    [GeneratedRegex(@"[.,?:;!""()]")]
    private static partial Regex Punctuation();

    [GeneratedRegex(@"([\u4e00-\u9fff\u3400-\u4dbf])")]
    private static partial Regex Ideographs();

    [GeneratedRegex(@"([\u31c0-\u31ef\u2e80-\u2eff])")]
    private static partial Regex Strokes();

    [GeneratedRegex(@"([\u3300-\u33ff\uf900-\ufaff\ufe30-\ufe4f])")]
    private static partial Regex Compatibility();

    // Up to 3F22, as sacrebleu spells the block that ends at 32FF.
    [GeneratedRegex(@"([\u3200-\u3f22])")]
    private static partial Regex Enclosed();

    [GeneratedRegex(@"([\u3001\u3002\u3008-\u3011\u3014-\u301f\uff61-\uff65\u30fb])")]
    private static partial Regex AsianPunctuation();

    [GeneratedRegex(@"([\uff0e\uff0c\uff1f\uff1a\uff1b\uff01\uff02\uff08\uff09])")]
    private static partial Regex FullWidthPunctuation();
}
