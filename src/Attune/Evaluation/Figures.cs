using System.Globalization;

namespace Attune.Evaluation;

/// <summary>Numbers as a report shows them.</summary>
internal static class Figures
{
    private const string Minus = "−";

    /// <summary>A number in about four digits.</summary>
    public static string Plain(double value) => Sign(value < 0 ? Minus : "", Math.Abs(value), Math.Abs(value));

    /// <summary>A difference of two numbers: with its sign, to the same place as they.</summary>
    /// <param name="value">The difference.</param>
    /// <param name="size">One of the numbers.</param>
    public static string Signed(double value, double size) => Sign(value < 0 ? Minus : value > 0 ? "+" : "", Math.Abs(value), Math.Abs(size));

    /// <summary>A whole number with thousands apart.</summary>
    public static string Count(long value) => (value < 0 ? Minus : "") + Math.Abs((decimal)value).ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A whole number of things.</summary>
    public static string Count(long value, string one, string many) => $"{Count(value)} {(value == 1 ? one : many)}";

    /// <summary>A large number in short: 134.5 million.</summary>
    public static string Large(long value) => value switch
    {
        < 100_000 => Count(value),
        < 1_000_000_000 => Invariant(value / 1e6, value < 10_000_000 ? "0.##" : "0.#") + " million",
        _ => Invariant(value / 1e9, "0.##") + " billion",
    };

    /// <summary>A share as a percentage.</summary>
    public static string Percent(double share) => Invariant(100 * share, Math.Abs(share) < 0.0995 ? "0.#" : "0") + " %";

    /// <summary>Bytes in short.</summary>
    public static string Bytes(long bytes) => bytes < 1_000_000_000 ? Invariant(bytes / 1e6, "0") + " MB" : Invariant(bytes / 1e9, "0.0") + " GB";

    /// <summary>A stretch of time in short.</summary>
    public static string Time(double seconds)
    {
        long whole = (long)Math.Round(seconds);
        return seconds < 9.95 ? Invariant(seconds, "0.#") + " s"
            : whole < 60 ? $"{whole} s"
            : whole < 3600 ? $"{whole / 60} min {whole % 60} s"
            : $"{whole / 3600} h {whole % 3600 / 60} min";
    }

    private static string Sign(string sign, double value, double size)
    {
        string digits = Digits(value, size);
        return value > 0 && digits.All(c => c is '0' or '.') ? sign + Digits(value, value) : value == 0 ? "0" : sign + digits;
    }

    private static string Digits(double value, double size) => !double.IsFinite(value) ? (double.IsNaN(value) ? "not a number" : "infinite")
        : Invariant(value, size switch
        {
            < 1e-3 => "0.#e-0",
            < 0.1 => "0.####",
            < 10 => "0.000",
            < 100 => "0.00",
            < 10_000 => "#,0.0",
            < 1e9 => "#,0",
            _ => "0.##e0",
        });

    private static string Invariant(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
