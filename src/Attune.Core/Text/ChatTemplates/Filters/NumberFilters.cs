using System.Numerics;

namespace Attune.Text.ChatTemplates;

/// <summary>Filters that make numbers, or show them.</summary>
internal static class NumberFilters
{
    public static readonly (string Name, Filter Filter)[] All =
    [
        ("int", ToInteger),
        ("float", ToFloat),
        ("abs", Abs),
        ("round", Round),
        ("filesizeformat", FileSize),
    ];

    private static Value ToInteger(Run run, Value input, Arguments arguments)
    {
        Bound bound = arguments.Bind(run, "int", ["default", "base"], 0);
        RefuseUndefined(run, input);
        int radix = bound.Integer(1, 10);
        if (input is TextValue text && radix is 0 or (>= 2 and <= 36) && Numbers.ParseInteger(text.String, radix) is BigInteger parsed)
        {
            return new IntValue(parsed);
        }

        return NumberValues.Integer(input) is BigInteger integer ? new IntValue(integer)
            : FloatOf(input) is double number && double.IsFinite(number) ? new IntValue(new BigInteger(number)) : bound[0] ?? Value.Of(0);
    }

    private static Value ToFloat(Run run, Value input, Arguments arguments)
    {
        Bound bound = arguments.Bind(run, "float", ["default"], 0);
        RefuseUndefined(run, input);
        if (NumberValues.Integer(input) is BigInteger integer && !double.IsFinite((double)integer))
        {
            throw run.Fail("a whole number is too large for a float");
        }

        return FloatOf(input) is double number ? new FloatValue(number) : bound[0] ?? new FloatValue(0);
    }

    private static Value Abs(Run run, Value input, Arguments arguments)
    {
        arguments.Bind(run, "abs", [], 0);
        return input is FloatValue real ? new FloatValue(Math.Abs(real.Number))
            : NumberValues.Integer(input) is BigInteger integer ? new IntValue(BigInteger.Abs(integer)) : throw run.FailOn(input, $"abs needs a number (got '{input.TypeName}')");
    }

    private static Value Round(Run run, Value input, Arguments arguments)
    {
        Bound bound = arguments.Bind(run, "round", ["precision", "method"], 0);
        int precision = bound.Integer(0);
        string method = bound[1] is null ? "common" : bound.Text(1).String;
        if (NumberValues.Float(input) is not double number)
        {
            throw run.FailOn(input, $"round needs a number (got '{input.TypeName}')");
        }

        switch (method)
        {
            case "common":
                return input is FloatValue ? new FloatValue(Numbers.Round(number, precision)) : new IntValue(RoundInteger(NumberValues.Integer(input)!.Value, precision));
            case "ceil" or "floor":
                double scale = Math.Pow(10, precision);
                double scaled = number * scale;
                double rounded = (method == "ceil" ? Math.Ceiling(scaled) : Math.Floor(scaled)) / scale;
                return double.IsFinite(rounded) ? new FloatValue(rounded) : throw run.Fail("the number to round is too large");
            default:
                throw run.Fail("round's method must be 'common', 'ceil' or 'floor'");
        }
    }

    // To tens, hundreds, … where the precision is negative; ties to even.
    private static BigInteger RoundInteger(BigInteger number, int precision)
    {
        if (precision >= 0)
        {
            return number;
        }

        if (precision < -Limits.NumberDigits)
        {
            return 0;
        }

        BigInteger unit = BigInteger.Pow(10, -precision);
        BigInteger quotient = BigInteger.DivRem(number, unit, out BigInteger rest);
        int half = (BigInteger.Abs(rest) * 2).CompareTo(unit);
        return (half > 0 || (half == 0 && !quotient.IsEven) ? quotient + number.Sign : quotient) * unit;
    }

    private static Value FileSize(Run run, Value input, Arguments arguments)
    {
        Bound bound = arguments.Bind(run, "filesizeformat", ["binary"], 0);
        RefuseUndefined(run, input);
        double size = FloatOf(input) ?? throw run.Fail($"filesizeformat needs a number (got '{input.TypeName}')");
        double unit = bound.IsTrue(0) ? 1024 : 1000;
        string middle = bound.IsTrue(0) ? "iB" : "B";
        if (size == 1)
        {
            return Value.Of("1 Byte");
        }

        if (!double.IsFinite(size))
        {
            throw run.Fail("filesizeformat needs a finite number");
        }

        if (size < unit)
        {
            return Value.Of($"{new BigInteger(size)} Bytes");
        }

        string prefixes = bound.IsTrue(0) ? "KMGTPEZY" : "kMGTPEZY";
        int power = 0;
        while (power + 1 < prefixes.Length && size >= Math.Pow(unit, power + 2))
        {
            power++;
        }

        return Value.Of($"{Numbers.Fixed(unit * size / Math.Pow(unit, power + 2), 1)} {prefixes[power]}{middle}");
    }

    private static double? FloatOf(Value value) => value is TextValue text ? Numbers.ParseFloat(text.String) : NumberValues.Float(value);

    private static void RefuseUndefined(Run run, Value value)
    {
        if (value is UndefinedValue undefined)
        {
            throw run.Fail(undefined.Problem);
        }
    }
}
