using System.Globalization;
using System.Numerics;

namespace Attune.Text.ChatTemplates;

/// <summary>How one value is to be written: what stands behind the colon in <c>{:…}</c>, or behind the percent sign.</summary>
internal sealed record FormatSpec
{
    public string Fill { get; init; } = " ";

    /// <summary>&lt;, &gt;, ^ or = (blanks behind the sign); null: by the kind of value.</summary>
    public char? Align { get; init; }

    /// <summary>+, - or a blank: what positive numbers get.</summary>
    public char Sign { get; init; } = '-';

    public bool Alternate { get; init; }

    public int Width { get; init; }

    /// <summary>',' or '_' between groups of digits; null for none.</summary>
    public char? Grouping { get; init; }

    public int? Precision { get; init; }

    public char? Type { get; init; }

    /// <summary>Reads <c>[[fill]align][sign][#][0][width][grouping][.precision][type]</c>.</summary>
    public static FormatSpec Read(Run run, string text)
    {
        int at = 0;
        var spec = new FormatSpec();
        int fill = text.Length > 0 ? Characters.Width(text, 0) : 0;
        if (text.Length > fill && fill > 0 && IsAlign(text[fill]))
        {
            spec = spec with { Fill = text[..fill], Align = text[fill] };
            at = fill + 1;
        }
        else if (text.Length > 0 && IsAlign(text[0]))
        {
            spec = spec with { Align = text[0] };
            at = 1;
        }

        if (at < text.Length && text[at] is '+' or '-' or ' ')
        {
            spec = spec with { Sign = text[at++] };
        }

        if (at < text.Length && text[at] == '#')
        {
            spec = spec with { Alternate = true };
            at++;
        }

        if (at < text.Length && text[at] == '0')
        {
            spec = spec with { Fill = spec.Align is null ? "0" : spec.Fill, Align = spec.Align ?? '=' };
            at++;
        }

        spec = spec with { Width = Integer(run, text, ref at) ?? 0 };
        if (at < text.Length && text[at] is ',' or '_')
        {
            spec = spec with { Grouping = text[at++] };
        }

        if (at < text.Length && text[at] == '.')
        {
            at++;
            spec = spec with { Precision = Integer(run, text, ref at) ?? throw run.Fail("a format has a point without a precision") };
        }

        if (at < text.Length)
        {
            spec = spec with { Type = text[at++] };
        }

        return at == text.Length ? spec : throw run.Fail($"'{text}' is not a format");
    }

    /// <summary>Reads digits; null where there are none.</summary>
    public static int? Integer(Run run, string text, ref int at)
    {
        int start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return at == start ? null
            : int.TryParse(text.AsSpan(start, at - start), CultureInfo.InvariantCulture, out int number) ? number : throw run.Fail("a number in a format is too large");
    }

    public TracedString Text(Run run, TracedString text)
    {
        if (Type is not (null or 's') || Sign != '-' || Alternate || Grouping is not null || Align == '=')
        {
            throw run.Fail("this format does not fit a string");
        }

        TracedString cut = Precision is int precision && precision < text.Length ? text.Slice(0, Characters.Index(text.Value, precision)) : text;
        return Pad(run, cut, '<');
    }

    public TracedString Integer(Run run, BigInteger number)
    {
        if (Type is 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or '%')
        {
            return Float(run, (double)number);
        }

        if (Precision is not null)
        {
            throw run.Fail("a precision does not fit a whole number");
        }

        if (Type == 'c')
        {
            return Pad(run, Character(run, number), '<');
        }

        string digits = Type switch
        {
            null or 'd' or 'n' => BigInteger.Abs(number).ToString(CultureInfo.InvariantCulture),
            'x' => Radix(number, 4, "0123456789abcdef"),
            'X' => Radix(number, 4, "0123456789ABCDEF"),
            'o' => Radix(number, 3, "01234567"),
            'b' => Radix(number, 1, "01"),
            _ => throw run.Fail($"the format '{Type}' does not fit a whole number"),
        };
        string prefix = Alternate && Type is 'x' or 'X' or 'o' or 'b' ? "0" + Type : "";
        return Number(run, number < 0, prefix, digits, "", Type is 'x' or 'X' or 'o' or 'b' ? 4 : 3);
    }

    public TracedString Float(Run run, double number)
    {
        int precision = Precision ?? 6;
        run.Budget.Write(0, precision);
        run.Budget.Step((long)precision * precision / 4096);
        double size = Math.Abs(number);
        char type = Type ?? ' ';
        string text = !double.IsFinite(number) ? (double.IsNaN(number) ? "nan" : "inf") : type switch
        {
            'f' or 'F' => Numbers.Fixed(size, precision),
            '%' => Numbers.Fixed(size * 100, precision),
            'e' or 'E' => Numbers.Exponent(size, precision),
            'g' or 'G' or 'n' => Numbers.General(size, precision, Alternate),
            ' ' when Precision is null => Numbers.Repr(size),
            ' ' => Plain(size, precision),
            _ => throw run.Fail($"the format '{type}' does not fit a float"),
        };
        text = type is 'E' or 'F' or 'G' ? text.ToUpperInvariant() : text;
        int whole = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        whole = double.IsFinite(number) ? whole < 0 ? text.Length : whole : 0;
        bool negative = double.IsNegative(number) && !double.IsNaN(number);
        return Number(run, negative, "", text[..whole], text[whole..] + (type == '%' ? "%" : ""), 3);
    }

    public TracedString Pad(Run run, TracedString text, char usual) => (Align ?? usual) switch
    {
        '>' or '=' => TextMethods.Pad(run, text, Width, Fill, TextMethods.Side.Left),
        '^' => Centered(run, text),
        _ => TextMethods.Pad(run, text, Width, Fill, TextMethods.Side.Right),
    };

    private static bool IsAlign(char c) => c is '<' or '>' or '^' or '=';

    // Of an odd number of blanks the format puts the larger half behind, unlike the method center.
    private TracedString Centered(Run run, TracedString text)
    {
        long missing = Math.Max(Width - Characters.Count(text.Value), 0);
        return TextMethods.Pad(run, TextMethods.Pad(run, text, Width - (missing - (missing / 2)), Fill, TextMethods.Side.Left), Width, Fill, TextMethods.Side.Right);
    }

    private static TracedString Character(Run run, BigInteger number) =>
        number >= 0 && number <= 0x10ffff && (number < 0xd800 || number > 0xdfff) ? new TracedString(char.ConvertFromUtf32((int)number))
            : throw run.Fail("the number is not a character's");

    private static string Plain(double size, int precision)
    {
        string text = Numbers.General(size, precision, keepZeros: false);
        return text.Contains('.') || text.Contains('e') ? text : text + ".0";
    }

    private static string Radix(BigInteger number, int bits, string digits)
    {
        var text = new Stack<char>();
        for (number = BigInteger.Abs(number); text.Count == 0 || !number.IsZero; number >>= bits)
        {
            text.Push(digits[(int)(number & ((1 << bits) - 1))]);
        }

        return new string([.. text]);
    }

    private TracedString Number(Run run, bool negative, string prefix, string whole, string rest, int group)
    {
        string sign = (negative ? "-" : Sign == '-' ? "" : Sign.ToString()) + prefix;
        bool zeros = Align == '=' && Fill == "0";
        long room = Align == '=' ? Width - sign.Length - rest.Length : 0;
        string digits = whole;
        if (Grouping is char comma)
        {
            if (zeros)
            {
                run.Budget.Write(0, Math.Max(room, 0));
                digits = digits.PadLeft((int)Math.Max(room - (room / (group + 1)), digits.Length), '0');
            }

            digits = Grouped(digits, comma, group);
        }

        var number = new TracedBuilder(run.Budget);
        number.Append(sign);
        if (Align == '=')
        {
            number.Append(TextMethods.Pad(run, new TracedString(digits), room, Fill, TextMethods.Side.Left));
        }
        else
        {
            number.Append(digits);
        }

        return Pad(run, number.Append(rest).Build(), '>');
    }

    private static string Grouped(string digits, char comma, int group)
    {
        var parts = new List<string>();
        for (int end = digits.Length; end > 0; end -= group)
        {
            parts.Add(digits[Math.Max(end - group, 0)..end]);
        }

        parts.Reverse();
        return string.Join(comma, parts);
    }
}
