using System.Text.Json;

namespace Attune.Metrics;

/// <summary>What is meant by the distance of two ratings.</summary>
public enum RatingLevel
{
    /// <summary>Names: equal or not.</summary>
    Nominal,

    /// <summary>Ranks: how many ratings lie between.</summary>
    Ordinal,

    /// <summary>Numbers: their difference.</summary>
    Interval,

    /// <summary>Numbers with a zero: their difference by their sum.</summary>
    Ratio,
}

/// <summary>Agreement beyond chance of raters who need not have rated everything (Krippendorff 2011; the package krippendorff).</summary>
public static class KrippendorffAlpha
{
    /// <summary>At most 1; 0 is chance; NaN where all ratings are equal.</summary>
    /// <param name="ratings">One list a rater, one rating a unit; null: not rated.</param>
    /// <param name="level">What is meant by the distance of two ratings.</param>
    /// <exception cref="ArgumentException">The table is empty or ragged, or no unit has two ratings.</exception>
    public static double Of(IReadOnlyList<IReadOnlyList<double?>> ratings, RatingLevel level)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        int units = Rows.SameTable(ratings, ratings);
        List<double[]> rated = [.. Enumerable.Range(0, units)
            .Select(unit => ratings.Select(rater => rater[unit]).OfType<double>().ToArray()).Where(unit => unit.Length > 1)];
        if (rated.Count == 0)
        {
            throw new ArgumentException("At least one unit must have two ratings.", nameof(ratings));
        }

        double[] values = [.. rated.SelectMany(unit => unit).Distinct().Order()];
        double[] counts = [.. values.Select(value => (double)rated.Sum(unit => unit.Count(rating => rating == value)))];
        double all = counts.Sum();
        double[,] together = new double[values.Length, values.Length];
        foreach (double[] unit in rated)
        {
            int[] places = [.. unit.Select(rating => Array.BinarySearch(values, rating))];
            for (int i = 0; i < places.Length; i++)
            {
                for (int j = 0; j < places.Length; j++)
                {
                    together[places[i], places[j]] += i == j ? 0 : 1.0 / (places.Length - 1);
                }
            }
        }

        (double observed, double chance) = (0, 0);
        for (int i = 0; i < values.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                double distance = Distance(values, counts, j, i, level);
                observed += together[i, j] * distance;
                chance += counts[i] * counts[j] * distance;
            }
        }

        return 1 - ((all - 1) * observed / chance);
    }

    private static double Distance(double[] values, double[] counts, int low, int high, RatingLevel level)
    {
        double difference = values[high] - values[low];
        double sum = values[high] + values[low];
        double distance = level switch
        {
            RatingLevel.Nominal => 1,
            RatingLevel.Ordinal => counts[low..(high + 1)].Sum() - ((counts[low] + counts[high]) / 2),
            RatingLevel.Interval => difference,
            _ => sum == 0 ? 0 : difference / sum,
        };
        return distance * distance;
    }

    [Metric("krippendorff_alpha")]
    private static double Verify(MetricArguments arguments) => Of(
        [.. arguments["ratings"].EnumerateArray().Select(rater => rater.EnumerateArray()
            .Select(rating => rating.ValueKind == JsonValueKind.Null ? (double?)null : rating.GetDouble()).ToArray())],
        arguments.Choice("level", RatingLevel.Interval));
}
