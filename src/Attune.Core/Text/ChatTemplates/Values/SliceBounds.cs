using System.Numerics;

namespace Attune.Text.ChatTemplates;

/// <summary>The bounds of <c>[start:stop:step]</c>, each of which may be absent.</summary>
internal readonly record struct SliceBounds(Value? Start, Value? Stop, Value? Step)
{
    /// <summary>The place that a whole number means in a sequence of this length, counted from the end where it is negative; null where there is none.</summary>
    public static int? Position(Value key, int length)
    {
        BigInteger? number = NumberValues.Integer(key);
        BigInteger place = number + (number < 0 ? length : 0) ?? -1;
        return place >= 0 && place < length ? (int)place : null;
    }

    /// <summary>First place, number of places and step for a sequence of this length.</summary>
    public (int Start, int Count, int Step) Resolve(Run run, int length)
    {
        BigInteger step = Bound(run, Step) ?? 1;
        if (step.IsZero)
        {
            throw run.Fail("slice step cannot be zero");
        }

        bool back = step < 0;
        BigInteger low = back ? -1 : 0, high = back ? length - 1 : length;
        BigInteger start = Clamp(Bound(run, Start), length, low, high) ?? (back ? high : low);
        BigInteger stop = Clamp(Bound(run, Stop), length, low, high) ?? (back ? low : high);
        BigInteger distance = back ? start - stop : stop - start;
        if (distance <= 0)
        {
            return (0, 0, 1);
        }

        BigInteger size = BigInteger.Abs(step);
        return ((int)start, (int)((distance + size - 1) / size), (int)BigInteger.Max(BigInteger.Min(step, int.MaxValue / 2), int.MinValue / 2));
    }

    private static BigInteger? Bound(Run run, Value? value) => value is null or NoneValue ? null
        : NumberValues.Integer(value) ?? throw run.FailOn(value, "slice indices must be integers or None");

    private static BigInteger? Clamp(BigInteger? bound, int length, BigInteger low, BigInteger high) =>
        bound is BigInteger b ? BigInteger.Min(BigInteger.Max(b < 0 ? b + length : b, low), high) : null;
}
