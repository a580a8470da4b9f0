using System.Numerics;

namespace Attune.Text.ChatTemplates;

/// <summary>What the kinds of numbers share: bool, int and float compare with one another by their value.</summary>
internal static class NumberValues
{
    public static bool IsNumber(Value value) => value is IntValue or BoolValue or FloatValue;

    /// <summary>The whole number that an int or a bool is.</summary>
    public static BigInteger? Integer(Value value) => value switch
    {
        IntValue integer => integer.Number,
        BoolValue boolean => boolean.IsTrue ? 1 : 0,
        _ => null,
    };

    /// <summary>The number as a float; null where it is none. Too large for a float: infinite.</summary>
    public static double? Float(Value value) => value is FloatValue number ? number.Number : Integer(value) is BigInteger integer ? (double)integer : null;

    public static bool Equal(Value left, Value right) => IsNumber(left) && IsNumber(right) && Compare(left, right) == 0;

    /// <summary>Their exact order; null where one of them is not a number in the mathematical sense.</summary>
    public static int? Compare(Value left, Value right)
    {
        BigInteger? a = Integer(left), b = Integer(right);
        if (a is not null && b is not null)
        {
            return a.Value.CompareTo(b.Value);
        }

        double x = Float(left)!.Value, y = Float(right)!.Value;
        if (double.IsNaN(x) || double.IsNaN(y))
        {
            return null;
        }

        // An int against a finite float: by whole parts, then by what the float has behind the point.
        if (a is not null && double.IsFinite(y))
        {
            int whole = a.Value.CompareTo(new BigInteger(Math.Floor(y)));
            return whole != 0 ? whole : y > Math.Floor(y) ? -1 : 0;
        }

        return b is not null && double.IsFinite(x) ? -Compare(right, left) : x == y ? 0 : x.CompareTo(y);
    }

    public static int Hash(Value value)
    {
        if (Integer(value) is BigInteger integer)
        {
            return integer.GetHashCode();
        }

        double number = ((FloatValue)value).Number;
        return double.IsInteger(number) ? new BigInteger(number).GetHashCode() : number.GetHashCode();
    }
}
