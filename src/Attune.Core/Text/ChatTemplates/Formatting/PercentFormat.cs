using System.Numerics;

namespace Attune.Text.ChatTemplates;

/// <summary><c>'%s and %d' % values</c>.</summary>
internal sealed class PercentFormat
{
    private readonly Run run;
    private readonly TextValue format;
    private readonly Value values;
    private int next;

    private PercentFormat(Run run, TextValue format, Value values)
    {
        this.run = run;
        this.format = format;
        this.values = values;
    }

    public static Value Apply(Run run, TextValue format, Value values) => new PercentFormat(run, format, values).Format();

    private TextValue Format()
    {
        var text = new TracedBuilder(run.Budget);
        string pattern = format.String;
        int at = 0;
        while (pattern.IndexOf('%', at) is int sign and >= 0)
        {
            run.Budget.Step();
            text.Append(format.Text, at, sign);
            at = sign + 1;
            text.Append(Conversion(pattern, ref at, format.Text.OriginAt(sign)));
        }

        text.Append(format.Text, at, pattern.Length);
        bool keyed = values is { IsSequence: true } and not TextValue and not ListValue { IsTuple: true };
        int given = values is ListValue { IsTuple: true } tuple ? tuple.Items.Count : 1;
        if (next < given && !keyed)
        {
            throw run.Fail("not all arguments of a format were used");
        }

        return format.Like(text.Build());
    }

    private TracedString Conversion(string pattern, ref int at, Origin origin)
    {
        Value? keyedValue = null;
        if (Peek(pattern, at) == '(')
        {
            keyedValue = Keyed(pattern, ref at);
        }

        var spec = new FormatSpec { Align = '>' };
        bool zeros = false;
        for (; Peek(pattern, at) is '-' or '+' or ' ' or '#' or '0'; at++)
        {
            spec = pattern[at] switch
            {
                '-' => spec with { Align = '<' },
                '+' => spec with { Sign = '+' },
                ' ' => spec with { Sign = spec.Sign == '+' ? '+' : ' ' },
                '#' => spec with { Alternate = true },
                _ => spec,
            };
            zeros |= pattern[at] == '0';
        }

        int width = Amount(pattern, ref at) ?? 0;
        spec = width < 0 ? spec with { Align = '<', Width = -Math.Max(width, -int.MaxValue) } : spec with { Width = width };
        if (Peek(pattern, at) == '.')
        {
            at++;
            spec = spec with { Precision = Math.Max(Amount(pattern, ref at) ?? 0, 0) };
        }

        at += Peek(pattern, at) is 'h' or 'l' or 'L' ? 1 : 0;
        char type = Peek(pattern, at);
        at++;
        if (type == '%')
        {
            return new TracedString("%", origin);
        }

        spec = zeros && spec.Align == '>' && type is not ('s' or 'r' or 'a' or 'c') ? spec with { Align = '=', Fill = "0" } : spec;
        return Convert(type, spec, keyedValue ?? Take());
    }

    private TracedString Convert(char type, FormatSpec spec, Value value)
    {
        switch (type)
        {
            case 's' or 'r' or 'a':
                TracedString shown = type == 's' ? value.ToText(run) : Shown(value, type == 'a');
                shown = format.IsMarkup ? Html.Escape(run, type == 's' && value is TextValue ? value : new TextValue(shown)).Text : shown;
                return spec.Text(run, shown);
            case 'c':
                return value is TextValue { Length: 1 } character ? spec.Pad(run, character.Text, '>')
                    : (spec with { Type = 'c', Precision = null }).Integer(run, Whole(value, "c"));
            case 'd' or 'i' or 'u' or 'x' or 'X' or 'o':
                BigInteger number = type is 'd' or 'i' or 'u' && value is FloatValue real
                    ? double.IsFinite(real.Number) ? new BigInteger(real.Number) : throw run.Fail("a format needs a finite number") : Whole(value, type.ToString());
                return Digits(spec with { Type = type is 'i' or 'u' ? 'd' : type, Precision = null }, number, spec.Precision ?? 0);
            case 'e' or 'E' or 'f' or 'F' or 'g' or 'G':
                double size = NumberValues.Float(value) ?? throw run.FailOn(value, $"a format needs a number (got '{value.TypeName}')");
                return (spec with { Type = type, Fill = double.IsFinite(size) ? spec.Fill : " " }).Float(run, size);
            default:
                throw run.Fail(type == '\0' ? "a format ends behind '%'" : $"'%{type}' is not a format");
        }
    }

    // A precision asks for that many digits at least.
    private TracedString Digits(FormatSpec spec, BigInteger number, int digits)
    {
        if (digits == 0)
        {
            return spec.Integer(run, number);
        }

        int sign = number < 0 || spec.Sign != '-' ? 1 : 0;
        int prefix = spec.Alternate && spec.Type != 'd' ? 2 : 0;
        run.Budget.Write(0, digits);
        TracedString padded = (spec with { Align = '=', Fill = "0", Width = (int)Math.Min((long)digits + sign + prefix, int.MaxValue) }).Integer(run, number);
        return spec.Pad(run, padded, '>');
    }

    private TracedString Shown(Value value, bool ascii)
    {
        var shown = new TracedBuilder(run.Budget);
        if (value is TextValue text && ascii)
        {
            TextRepr.Write(text.Text, shown, asciiOnly: true);
        }
        else
        {
            run.WriteRepr(value, shown);
        }

        return shown.Build();
    }

    private BigInteger Whole(Value value, string type) =>
        NumberValues.Integer(value) ?? throw run.FailOn(value, $"'%{type}' needs a whole number (got '{value.TypeName}')");

    private Value Keyed(string pattern, ref int at)
    {
        int start = ++at, depth = 1;
        for (; at < pattern.Length && depth > 0; at++)
        {
            depth += pattern[at] == '(' ? 1 : pattern[at] == ')' ? -1 : 0;
        }

        DictValue dict = values as DictValue ?? throw run.Fail("a format with names needs a dict");
        return depth > 0 ? throw run.Fail("a name in a format is not closed")
            : dict.TryGet(Value.Of(pattern[start..(at - 1)]), out Value? value) ? value : throw run.Fail($"a format names '{pattern[start..(at - 1)]}', which the dict lacks");
    }

    private int? Amount(string pattern, ref int at)
    {
        if (Peek(pattern, at) != '*')
        {
            return FormatSpec.Integer(run, pattern, ref at);
        }

        at++;
        BigInteger amount = Whole(Take(), "*");
        return BigInteger.Abs(amount) <= int.MaxValue ? (int)amount : throw run.Fail("a number in a format is too large");
    }

    private Value Take()
    {
        if (values is ListValue { IsTuple: true } tuple)
        {
            return next < tuple.Items.Count ? tuple.Items[next++] : throw run.Fail("not enough arguments for a format");
        }

        return next++ == 0 ? values : throw run.Fail("not enough arguments for a format");
    }

    private static char Peek(string pattern, int at) => at < pattern.Length ? pattern[at] : '\0';
}
