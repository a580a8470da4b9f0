using System.Numerics;

namespace Attune.Text.ChatTemplates;

/// <summary>Python's operators on values.</summary>
internal static class Operators
{
    /// <summary>Equality of elements: what is the same object is equal.</summary>
    public static bool Same(Run run, Value left, Value right) => ReferenceEquals(left, right) || left.EqualTo(run, right);

    public static bool IsHashable(Value value) => value switch
    {
        ListValue { IsTuple: true } tuple => tuple.Items.All(IsHashable),
        ListValue or DictValue => false,
        _ => true,
    };

    /// <summary>The order of two values; null where they have none (a NaN). Fails where the kinds do not compare.</summary>
    public static int? Compare(Run run, Value left, Value right)
    {
        run.Budget.Step();
        if (NumberValues.IsNumber(left) && NumberValues.IsNumber(right))
        {
            return NumberValues.Compare(left, right);
        }

        if (left is TextValue a && right is TextValue b)
        {
            run.Budget.Step(Math.Min(a.String.Length, b.String.Length) / 64);
            return Characters.Compare(a.String, b.String);
        }

        if (left is BytesValue first && right is BytesValue second)
        {
            run.Budget.Step(Math.Min(first.Bytes.Length, second.Bytes.Length) / 64);
            return first.Bytes.AsSpan().SequenceCompareTo(second.Bytes);
        }

        if (left is ListValue x && right is ListValue y && x.IsTuple == y.IsTuple)
        {
            for (int i = 0; i < Math.Min(x.Items.Count, y.Items.Count); i++)
            {
                run.Budget.Step();
                if (!Same(run, x.Items[i], y.Items[i]))
                {
                    return Compare(run, x.Items[i], y.Items[i]);
                }
            }

            return x.Items.Count.CompareTo(y.Items.Count);
        }

        throw run.FailOn(left is UndefinedValue ? left : right, $"'{left.TypeName}' and '{right.TypeName}' have no order");
    }

    public static bool Contains(Run run, Value container, Value value)
    {
        switch (container)
        {
            case TextValue text:
                return value is TextValue part ? TextSearch.Find(run, text.String, part.String, 0) >= 0
                    : throw run.FailOn(value, $"'in' a string needs a string, not '{value.TypeName}'");
            case BytesValue bytes:
                return bytes.Has(run, value);
            case DictValue dict:
                return IsHashable(value) ? dict.TryGet(value, out _) : throw run.Fail($"unhashable type: '{value.TypeName}'");
            default:
                foreach (Value element in container.Elements(run) ?? throw run.Fail($"'{container.TypeName}' cannot be searched with 'in'"))
                {
                    run.Budget.Step();
                    if (Same(run, element, value))
                    {
                        return true;
                    }
                }

                return false;
        }
    }

    public static Value Add(Run run, Value left, Value right)
    {
        if (left is TextValue a && right is TextValue b)
        {
            bool markup = a.IsMarkup || b.IsMarkup;
            (a, b) = markup ? (Html.Escape(run, a), Html.Escape(run, b)) : (a, b);
            return new TextValue(new TracedBuilder(run.Budget).Append(a.Text).Append(b.Text).Build(), markup);
        }

        if (left is ListValue x && right is ListValue y && x.IsTuple == y.IsTuple)
        {
            run.Budget.Elements(x.Items.Count + y.Items.Count);
            return new ListValue(run, [.. x.Items, .. y.Items], x.IsTuple);
        }

        if (left is BytesValue bytes && right is BytesValue more)
        {
            return bytes.With(run, more);
        }

        return Arithmetic(run, "+", left, right, (p, q) => p + q, (p, q) => p + q);
    }

    public static Value Subtract(Run run, Value left, Value right) => Arithmetic(run, "-", left, right, (p, q) => p - q, (p, q) => p - q);

    public static Value Multiply(Run run, Value left, Value right)
    {
        (Value repeated, BigInteger? times) = NumberValues.Integer(left) is BigInteger first ? (right, first) : (left, NumberValues.Integer(right));
        if (times is BigInteger count && repeated is TextValue text)
        {
            var result = new TracedBuilder(run.Budget);
            for (BigInteger i = 0; i < count && text.Text.Length > 0; i++)
            {
                run.Budget.Step();
                result.Append(text.Text);
            }

            return text.Like(result.Build());
        }

        if (times is BigInteger copies && repeated is ListValue list)
        {
            var items = new List<Value>();
            for (BigInteger i = 0; i < copies && list.Items.Count > 0; i++)
            {
                run.Budget.Elements(list.Items.Count);
                items.AddRange(list.Items);
            }

            return new ListValue(run, items, list.IsTuple);
        }

        return Arithmetic(run, "*", left, right, (p, q) => p * q, (p, q) => p * q);
    }

    public static Value Divide(Run run, Value left, Value right)
    {
        if (NumberValues.Integer(left) is BigInteger p && NumberValues.Integer(right) is BigInteger q)
        {
            if (q.IsZero)
            {
                throw run.Fail("division by zero");
            }

            double quotient = Quotient(p, q);
            return double.IsFinite(quotient) ? new FloatValue(quotient) : throw run.Fail("the result of a division is too large for a float");
        }

        return Arithmetic(run, "/", left, right, null, (x, y) => y == 0 ? throw run.Fail("division by zero") : x / y);
    }

    public static Value FloorDivide(Run run, Value left, Value right) => Arithmetic(run, "//", left, right,
        (p, q) => q.IsZero ? throw run.Fail("division by zero") : Floor(p, q),
        (x, y) => y == 0 ? throw run.Fail("division by zero") : FloorQuotient(x, y));

    public static Value Modulo(Run run, Value left, Value right)
    {
        if (left is TextValue format)
        {
            return PercentFormat.Apply(run, format, right);
        }

        return Arithmetic(run, "%", left, right,
            (p, q) => q.IsZero ? throw run.Fail("division by zero") : p - (Floor(p, q) * q),
            (x, y) => y == 0 ? throw run.Fail("division by zero") : FloatModulo(x, y));
    }

    public static Value Power(Run run, Value left, Value right)
    {
        if (NumberValues.Integer(left) is BigInteger p && NumberValues.Integer(right) is BigInteger q && q >= 0)
        {
            if (BigInteger.Abs(p) > 1 && q * (p.GetBitLength() - 1) > MaxPowerBits)
            {
                throw TooLarge(run);
            }

            BigInteger power = BigInteger.Abs(p) <= 1 ? BigInteger.Pow(p, q.IsZero ? 0 : q.IsEven ? 2 : 1) : BigInteger.Pow(p, (int)q);
            return power.GetBitLength() <= MaxPowerBits ? Whole(run, power) : throw TooLarge(run);
        }

        return Arithmetic(run, "**", left, right, null, (x, y) =>
        {
            if (x == 0 && y < 0)
            {
                throw run.Fail("zero cannot be raised to a negative power");
            }

            double power = Math.Pow(x, y);
            bool wasFinite = double.IsFinite(x) && double.IsFinite(y);
            return wasFinite && !double.IsFinite(power) ? throw run.Fail("the result of a power is not a finite real number") : power;
        });
    }

    public static Value Negate(Run run, Value value) => NumberValues.Integer(value) is BigInteger number ? new IntValue(-number)
        : value is FloatValue real ? new FloatValue(-real.Number) : throw run.FailOn(value, $"'-' needs a number (got '{value.TypeName}')");

    public static Value Plus(Run run, Value value) => NumberValues.Integer(value) is BigInteger number ? new IntValue(number)
        : value is FloatValue ? value : throw run.FailOn(value, $"'+' needs a number (got '{value.TypeName}')");

    private const int MaxBits = 14_280;

    // Powers grow fastest of all; no chat template needs one this large.
    private const int MaxPowerBits = 256;

    private static Value Arithmetic(Run run, string sign, Value left, Value right,
        Func<BigInteger, BigInteger, BigInteger>? whole, Func<double, double, double> real)
    {
        if (whole is not null && NumberValues.Integer(left) is BigInteger p && NumberValues.Integer(right) is BigInteger q)
        {
            return Whole(run, whole(p, q));
        }

        if (NumberValues.Float(left) is double x && NumberValues.Float(right) is double y)
        {
            bool overflow = (left is not FloatValue && !double.IsFinite(x)) || (right is not FloatValue && !double.IsFinite(y));
            return overflow ? throw run.Fail("a whole number is too large for a float") : new FloatValue(real(x, y));
        }

        Value culprit = left is UndefinedValue ? left : right;
        throw run.FailOn(culprit, $"'{sign}' cannot join '{left.TypeName}' and '{right.TypeName}'");
    }

    private static IntValue Whole(Run run, BigInteger value)
    {
        run.Budget.Step(value.GetBitLength() / 512);
        return value.GetBitLength() <= MaxBits ? new IntValue(value) : throw TooLarge(run);
    }

    private static TemplateException TooLarge(Run run) => run.Fail($"a whole number has more than {Limits.NumberDigits} digits");

    private static BigInteger Floor(BigInteger p, BigInteger q)
    {
        BigInteger quotient = BigInteger.DivRem(p, q, out BigInteger rest);
        return !rest.IsZero && rest.Sign != q.Sign ? quotient - 1 : quotient;
    }

    // As in CPython: the remainder first, then the quotient from what is left, rounded.
    private static double FloorQuotient(double x, double y)
    {
        double quotient = (x - FloatModulo(x, y)) / y;
        double floor = Math.Floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    private static double FloatModulo(double x, double y)
    {
        double rest = x % y;
        return rest != 0 ? (y < 0) != (rest < 0) ? rest + y : rest : double.CopySign(0, y);
    }

    // Correctly rounded: scaled so that the whole quotient has more bits than a float keeps.
    private static double Quotient(BigInteger p, BigInteger q)
    {
        if (BigInteger.Abs(p) < (1L << 53) && BigInteger.Abs(q) < (1L << 53))
        {
            return (double)p / (double)q;
        }

        int shift = (int)(q.GetBitLength() - p.GetBitLength()) + 66;
        BigInteger scaled = shift > 0 ? p << shift : p >> -shift;
        return Math.ScaleB((double)(scaled / q), -shift);
    }
}
