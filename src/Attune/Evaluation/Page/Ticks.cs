using System.Globalization;

namespace Attune.Evaluation.Page;

/// <summary>Where an axis has its numbers: at multiples of 1, 2 or 5 times a power of ten.</summary>
/// <param name="Low">The axis's lower end.</param>
/// <param name="High">Its upper end.</param>
/// <param name="Distance">How far the numbers lie apart.</param>
internal sealed record Ticks(double Low, double High, double Distance)
{
    /// <summary>The numbers.</summary>
    public IEnumerable<double> Places
    {
        get
        {
            for (double k = Math.Ceiling((Low / Distance) - 1e-9); k * Distance <= High + (Distance * 1e-9); k++)
            {
                yield return k * Distance;
            }
        }
    }

    /// <summary>Finds an axis.</summary>
    /// <param name="low">The lowest value.</param>
    /// <param name="high">The highest value.</param>
    /// <param name="about">About how many numbers.</param>
    /// <param name="whole">Whether they are whole numbers, and the ends stay as they are.</param>
    public static Ticks Of(double low, double high, int about, bool whole = false)
    {
        if (high - low <= Math.Abs(high) * 1e-9)
        {
            double space = whole ? 1 : high == 0 ? 1 : Math.Abs(high) * 0.1;
            (low, high) = (low - space, high + space);
        }

        double rough = (high - low) / about, power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double distance = power * ((rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 });
        distance = whole ? Math.Max(1, distance) : distance;
        return whole ? new Ticks(low, high, distance)
            : new Ticks(Math.Floor((low / distance) + 1e-9) * distance, Math.Ceiling((high / distance) - 1e-9) * distance, distance);
    }

    /// <summary>A number as the axis shows it.</summary>
    public string Label(double value)
    {
        double size = Math.Max(Math.Abs(Low), Math.Abs(High));
        if (Math.Abs(value) < Distance / 2)
        {
            return "0";
        }

        if (size is < 1e-2 or >= 1e6)
        {
            return value.ToString("0.##e0", CultureInfo.InvariantCulture).Replace('-', '−');
        }

        int decimals = Math.Clamp(-(int)Math.Floor(Math.Log10(Distance) + 1e-9), 0, 6);
        return value.ToString("N" + decimals, CultureInfo.InvariantCulture).Replace('-', '−');
    }
}
