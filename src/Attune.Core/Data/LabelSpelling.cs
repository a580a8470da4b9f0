using System.Globalization;
using System.Text;
using System.Text.Json;
using Attune.Text;
using Attune.Text.Unicode;

namespace Attune.Data;

/// <summary>
/// A label as it is compared, wherever it comes from: JSON, a cell, a mapped column, the first word of a line, or <c>data.labels</c>. A number or a
/// truth value is one label however a file spells it (1 and 1.0, true and True); everything else is the text without white space around it.
/// </summary>
internal static class LabelSpelling
{
    /// <summary>The label that a text names; empty where nothing of it can be seen.</summary>
    public static string Of(string text)
    {
        string label = text.Trim();
        return label switch
        {
            _ when !label.EnumerateRunes().Any(IsVisible) => "",
            "True" or "TRUE" => "true",
            "False" or "FALSE" => "false",
            _ => IsDecimal(label) ? WithoutZeros(label) : label,
        };
    }

    /// <summary>The label that a value names.</summary>
    /// <exception cref="BadRowException">It is a list, an object, or empty.</exception>
    public static string Of(JsonElement value)
    {
        string text = DataRow.AsText(value)
            ?? throw new BadRowException(
                $"\"label\" must be one word or number, not {JsonRow.Name(value.ValueKind)}: several labels a row are not there yet", value.GetRawText());
        string label = Of(value.ValueKind == JsonValueKind.Number ? WithoutExponent(text) : text);
        return label.Length > 0 ? label : throw new BadRowException("\"label\" is empty");
    }

    /// <summary>What is left of a label where case, Unicode form, white space and characters that cannot be seen do not count.</summary>
    public static string Fold(string label)
    {
        var text = new StringBuilder();
        bool space = false;
        foreach (Rune rune in Composed(label).EnumerateRunes())
        {
            space |= Rune.IsWhiteSpace(rune);
            if (!IsVisible(rune))
            {
                continue;
            }

            text.Append(space && text.Length > 0 ? " " : "").Append(rune.ToString());
            space = false;
        }

        return Composed(text.ToString().ToUpperInvariant().ToLowerInvariant());
    }

    /// <summary>A label in quotes, as <see cref="Plain"/> has it.</summary>
    public static string Show(string label) => $"\"{Plain(label)}\"";

    /// <summary>A label for people, with every character escaped that cannot be told from another or from nothing, and not without end.</summary>
    public static string Plain(string label)
    {
        var text = new StringBuilder();
        foreach (Rune rune in label.EnumerateRunes())
        {
            if (text.Length >= Excerpt.Length)
            {
                return text.Append('…').ToString();
            }

            bool plain = rune.Value == ' ' || (IsVisible(rune) && Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark);
            text.Append(plain ? rune.ToString() : $"\\u{rune.Value:x4}");
        }

        return text.ToString();
    }

    /// <summary>Whether a label is a number, perhaps with a decimal comma.</summary>
    public static bool IsNumber(string label) => IsDecimal(label.Replace(',', '.'))
        || (label.AsSpan().IndexOfAny("eE") > 0
            && double.TryParse(label, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value));

    /// <summary>Whether a label is a number that is not whole.</summary>
    public static bool IsFraction(string label) => IsNumber(label) && label.AsSpan().IndexOfAny(".,eE") >= 0;

    // Zero-width characters are of the category Format; variation selectors are marks.
    private static bool IsVisible(Rune rune) =>
        !Rune.IsWhiteSpace(rune) && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.Control)
            && rune.Value is not (>= 0xFE00 and <= 0xFE0F);

    private static string Composed(string text) => Normalization.Compose(new AlignedText(text), compatible: true).Span.ToString();

    // As JSON writes numbers: 007 is no number but a name, and so is +1. A point may be the last character.
    private static bool IsDecimal(string text)
    {
        var rest = text.AsSpan(text.StartsWith('-') ? 1 : 0);
        int whole = rest.IndexOf('.');
        var before = whole < 0 ? rest : rest[..whole];
        var after = whole < 0 ? [] : rest[(whole + 1)..];
        return before.Length > 0 && before.IndexOfAnyExceptInRange('0', '9') < 0 && (before.Length == 1 || before[0] != '0')
            && after.IndexOfAnyExceptInRange('0', '9') < 0;
    }

    private static string WithoutZeros(string number)
    {
        string text = number.Contains('.', StringComparison.Ordinal) ? number.TrimEnd('0').TrimEnd('.') : number;
        return text == "-0" ? "0" : text;
    }

    // 1e3 and 1000 are one number in JSON. What a decimal cannot hold exactly keeps its spelling.
    private static string WithoutExponent(string number) =>
        number.AsSpan().IndexOfAny("eE") >= 0 && decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal value)
            && (double)value == double.Parse(number, CultureInfo.InvariantCulture) ? value.ToString(CultureInfo.InvariantCulture) : number;
}
