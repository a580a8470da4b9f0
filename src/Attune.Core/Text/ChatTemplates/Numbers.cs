using System.Globalization;
using System.Numerics;
using System.Text;

namespace Attune.Text.ChatTemplates;

/// <summary>Python's numbers as text, and back.</summary>
internal static class Numbers
{
    private const int MantissaBits = 52;

    /// <summary>A whole number's digits, without sign or underscores, in base 2 to 36.</summary>
    public static BigInteger ParseDigits(string digits, int radix)
    {
        if (radix == 10)
        {
            return digits.Length == 0 ? 0 : BigInteger.Parse(digits, CultureInfo.InvariantCulture);
        }

        BigInteger value = 0;
        foreach (char digit in digits)
        {
            value = (value * radix) + DigitValue(digit);
        }

        return value;
    }

    /// <summary>Python's <c>int(text, radix)</c>: null where it raises ValueError.</summary>
    public static BigInteger? ParseInteger(string text, int radix)
    {
        ReadOnlySpan<char> rest = Trim(text);
        bool negative = rest.StartsWith("-");
        rest = negative || rest.StartsWith("+") ? rest[1..] : rest;
        if (rest.Length > 1 && rest[0] == '0' && char.ToLowerInvariant(rest[1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 0 } is int own and > 0
            && (radix == own || radix == 0))
        {
            radix = own;
            rest = rest[2..];
            rest = rest.StartsWith("_") ? rest[1..] : rest;
        }
        else if (radix == 0)
        {
            radix = 10;
            if (rest.Length > 1 && rest[0] == '0' && rest.IndexOfAnyExcept('0', '_') >= 0)
            {
                return null;
            }
        }

        var digits = new StringBuilder();
        for (int i = 0; i < rest.Length; i++)
        {
            int value = DigitValue(rest[i]);
            if (value < radix)
            {
                digits.Append(value < 10 ? (char)('0' + value) : (char)('a' + value - 10));
            }
            else if (rest[i] != '_' || i == 0 || i == rest.Length - 1 || rest[i - 1] == '_')
            {
                return null;
            }
        }

        if (digits.Length is 0 or > Limits.NumberDigits)
        {
            return null;
        }

        BigInteger result = ParseDigits(digits.ToString(), radix);
        return negative ? -result : result;
    }

    /// <summary>Python's <c>float(text)</c>: null where it raises ValueError.</summary>
    public static double? ParseFloat(string text)
    {
        string trimmed = Trim(text).ToString();
        string unsigned = trimmed.TrimStart('+', '-').ToLowerInvariant();
        if (trimmed.Length - unsigned.Length > 1)
        {
            return null;
        }

        double? special = unsigned switch { "inf" or "infinity" => double.PositiveInfinity, "nan" => double.NaN, _ => null };
        if (special is double value)
        {
            return trimmed[0] == '-' ? -value : value;
        }

        for (int i = 0; i < trimmed.Length; i++)
        {
            bool between = i > 0 && i + 1 < trimmed.Length && char.IsAsciiDigit(trimmed[i - 1]) && char.IsAsciiDigit(trimmed[i + 1]);
            if (!char.IsAsciiDigit(trimmed[i]) && trimmed[i] is not ('.' or '-' or '+' or 'e' or 'E') && !(trimmed[i] == '_' && between))
            {
                return null;
            }
        }

        return double.TryParse(trimmed.Replace("_", ""), NumberStyles.Float, CultureInfo.InvariantCulture, out double parsed) ? parsed : null;
    }

    /// <summary>Python's <c>repr</c> of a float: the shortest digits that read back the same.</summary>
    public static string Repr(double value)
    {
        if (double.IsNaN(value))
        {
            return "nan";
        }

        if (double.IsInfinity(value))
        {
            return value > 0 ? "inf" : "-inf";
        }

        (string digits, int point) = ShortestDigits(Math.Abs(value));
        string text = point is > -4 and <= 16 ? Plain(digits, point) : Scientific(digits, point);
        return double.IsNegative(value) ? "-" + text : text;
    }

    /// <summary>A float with so many digits behind the point, exactly rounded, ties to even.</summary>
    public static string Fixed(double value, int precision)
    {
        BigInteger scaled = RoundedScaled(Math.Abs(value), precision);
        string digits = scaled.ToString(CultureInfo.InvariantCulture).PadLeft(precision + 1, '0');
        return precision == 0 ? digits : digits[..^precision] + "." + digits[^precision..];
    }

    /// <summary>A float as one digit, a point, so many digits, and an exponent of at least two digits.</summary>
    public static string Exponent(double value, int precision)
    {
        (string digits, int exponent) = Significant(value, precision + 1);
        return digits[..1] + (precision > 0 ? "." + digits[1..] : "") + ExponentText(exponent);
    }

    /// <summary>A float with so many significant digits, in the shorter of the two forms (Python's <c>g</c>).</summary>
    public static string General(double value, int precision, bool keepZeros)
    {
        precision = Math.Max(precision, 1);
        (string digits, int exponent) = Significant(value, precision);
        if (exponent < -4 || exponent >= precision)
        {
            string mantissa = keepZeros ? digits : TrimZeros(digits, 1);
            return mantissa[..1] + (mantissa.Length > 1 ? "." + mantissa[1..] : "") + ExponentText(exponent);
        }

        string text = exponent < 0 ? "0." + new string('0', -exponent - 1) + digits
            : digits.Length > exponent + 1 ? digits[..(exponent + 1)] + "." + digits[(exponent + 1)..] : digits;
        return keepZeros || !text.Contains('.') ? text : text.TrimEnd('0').TrimEnd('.');
    }

    /// <summary>Python's <c>round(value, digits)</c>: exact, ties to even, of the decimal value that the float stands for.</summary>
    public static double Round(double value, int digits)
    {
        if (!double.IsFinite(value) || digits > 330)
        {
            return value;
        }

        if (digits < -330)
        {
            return double.CopySign(0, value);
        }

        string text = digits >= 0 ? Fixed(value, digits) : RoundedScaled(Math.Abs(value), digits).ToString(CultureInfo.InvariantCulture) + "E" + -digits;
        return double.CopySign(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture), value);
    }

    // value * 10^precision, rounded half to even.
    private static BigInteger RoundedScaled(double value, int precision)
    {
        (BigInteger mantissa, int exponent) = Parts(value);
        BigInteger numerator = mantissa * (precision > 0 ? BigInteger.Pow(10, precision) : 1);
        BigInteger denominator = precision < 0 ? BigInteger.Pow(10, -precision) : 1;
        (numerator, denominator) = exponent >= 0 ? (numerator << exponent, denominator) : (numerator, denominator << -exponent);
        return DivideRounded(numerator, denominator);
    }

    private static BigInteger DivideRounded(BigInteger numerator, BigInteger denominator)
    {
        BigInteger quotient = BigInteger.DivRem(numerator, denominator, out BigInteger rest);
        int half = (rest * 2).CompareTo(denominator);
        return half > 0 || (half == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }

    private static (BigInteger Mantissa, int Exponent) Parts(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)((bits >> MantissaBits) & 0x7ff);
        long mantissa = bits & ((1L << MantissaBits) - 1);
        return exponent == 0 ? (mantissa, -1074) : (mantissa | (1L << MantissaBits), exponent - 1075);
    }

    private static (string Digits, int Exponent) Significant(double value, int count)
    {
        value = Math.Abs(value);
        if (value == 0)
        {
            return (new string('0', count), 0);
        }

        int exponent = (int)Math.Floor(Math.Log10(value));
        for (exponent -= 1; ; exponent++)
        {
            string digits = RoundedScaled(value, count - 1 - exponent).ToString(CultureInfo.InvariantCulture);
            if (digits.Length <= count)
            {
                return (digits.PadRight(count, '0'), exponent);
            }
        }
    }

    private static (string Digits, int Point) ShortestDigits(double value)
    {
        string shortest = value.ToString("R", CultureInfo.InvariantCulture);
        int e = shortest.IndexOf('E');
        string mantissa = e < 0 ? shortest : shortest[..e];
        int shift = e < 0 ? 0 : int.Parse(shortest.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        int point = mantissa.IndexOf('.') is int at and >= 0 ? at : mantissa.Length;
        string digits = mantissa.Replace(".", "");
        int zeros = digits.Length - digits.TrimStart('0').Length;
        digits = TrimZeros(digits[zeros..], 0);
        return digits.Length == 0 ? ("0", 1) : (digits, point + shift - zeros);
    }

    private static string Plain(string digits, int point) => point <= 0 ? "0." + new string('0', -point) + digits
        : point >= digits.Length ? digits + new string('0', point - digits.Length) + ".0" : digits[..point] + "." + digits[point..];

    private static string Scientific(string digits, int point) =>
        digits[..1] + (digits.Length > 1 ? "." + digits[1..] : "") + ExponentText(point - 1);

    private static string ExponentText(int exponent) => $"e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";

    private static string TrimZeros(string digits, int keep)
    {
        int end = digits.Length;
        while (end > keep && digits[end - 1] == '0')
        {
            end--;
        }

        return digits[..end];
    }

    private static ReadOnlySpan<char> Trim(string text)
    {
        int start = 0, end = text.Length;
        while (start < end && Characters.IsSpace(text[start]))
        {
            start++;
        }

        while (end > start && Characters.IsSpace(text[end - 1]))
        {
            end--;
        }

        return text.AsSpan(start, end - start);
    }

    // Above every radix where it is no digit.
    private static int DigitValue(char c) => c switch
    {
        >= '0' and <= '9' => c - '0',
        >= 'a' and <= 'z' => c - 'a' + 10,
        >= 'A' and <= 'Z' => c - 'A' + 10,
        _ => char.GetUnicodeCategory(c) == UnicodeCategory.DecimalDigitNumber ? CharUnicodeInfo.GetDecimalDigitValue(c) : int.MaxValue,
    };
}
