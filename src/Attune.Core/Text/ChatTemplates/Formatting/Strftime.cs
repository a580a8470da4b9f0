using System.Globalization;
using System.Text;

namespace Attune.Text.ChatTemplates;

/// <summary>Writes a time as C's <c>strftime</c> does on Linux, in English.</summary>
internal static class Strftime
{
    public static string? Write(string format, DateTime time)
    {
        var text = new StringBuilder();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                text.Append(format[i]);
                continue;
            }

            char flag = i + 1 < format.Length && format[i + 1] is '-' or '_' or '0' or '^' ? format[++i] : ' ';
            if (++i >= format.Length || Part(format[i], time) is not string part)
            {
                return null;
            }

            text.Append(flag switch
            {
                '-' => part.TrimStart('0', ' ') is { Length: > 0 } trimmed ? trimmed : part[^1..],
                '_' => part.TrimStart('0') is var rest && rest.Length < part.Length ? (rest.Length > 0 ? rest : "0").PadLeft(part.Length) : part,
                '0' => part.Replace(' ', '0'),
                '^' => part.ToUpperInvariant(),
                _ => part,
            });
        }

        return text.ToString();
    }

    private static string? Part(char directive, DateTime time) => directive switch
    {
        'a' => Named(time, "ddd"),
        'A' => Named(time, "dddd"),
        'b' or 'h' => Named(time, "MMM"),
        'B' => Named(time, "MMMM"),
        'c' => Write("%a %b %e %H:%M:%S %Y", time),
        'C' => Two(time.Year / 100),
        'd' => Two(time.Day),
        'D' or 'x' => Write("%m/%d/%y", time),
        'e' => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
        'f' => Named(time, "ffffff"),
        'F' => Write("%Y-%m-%d", time),
        'g' => Two(ISOWeek.GetYear(time) % 100),
        'G' => ISOWeek.GetYear(time).ToString(CultureInfo.InvariantCulture),
        'H' => Two(time.Hour),
        'I' => Two(Hour12(time)),
        'j' => time.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
        'k' => time.Hour.ToString(CultureInfo.InvariantCulture).PadLeft(2),
        'l' => Hour12(time).ToString(CultureInfo.InvariantCulture).PadLeft(2),
        'm' => Two(time.Month),
        'M' => Two(time.Minute),
        'n' => "\n",
        'p' => time.Hour < 12 ? "AM" : "PM",
        'P' => time.Hour < 12 ? "am" : "pm",
        'r' => Write("%I:%M:%S %p", time),
        'R' => Write("%H:%M", time),
        's' => ((DateTimeOffset)time).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        'S' => Two(time.Second),
        't' => "\t",
        'T' or 'X' => Write("%H:%M:%S", time),
        'u' => (time.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
        'U' => Two((time.DayOfYear + 6 - (int)time.DayOfWeek) / 7),
        'V' => Two(ISOWeek.GetWeekOfYear(time)),
        'w' => ((int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
        'W' => Two((time.DayOfYear + 6 - (((int)time.DayOfWeek + 6) % 7)) / 7),
        'y' => Two(time.Year % 100),
        'Y' => time.Year.ToString(CultureInfo.InvariantCulture),
        'z' or 'Z' => "",
        '%' => "%",
        _ => null,
    };

    private static string Named(DateTime time, string format) => time.ToString(format, CultureInfo.InvariantCulture);

    private static string Two(int number) => number.ToString("00", CultureInfo.InvariantCulture);

    private static int Hour12(DateTime time) => time.Hour % 12 == 0 ? 12 : time.Hour % 12;
}
