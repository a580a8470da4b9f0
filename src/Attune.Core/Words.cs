using System.Globalization;

namespace Attune;

/// <summary>Counts in English: one row, two rows.</summary>
internal static class Words
{
    /// <summary>A number and what it counts: <c>1 row</c>, <c>12,000 rows</c>.</summary>
    /// <param name="count">The number.</param>
    /// <param name="one">What one of them is called.</param>
    /// <param name="many">What several are called; null: with an s.</param>
    public static string Count(long count, string one, string? many = null) =>
        $"{count.ToString("#,0", CultureInfo.InvariantCulture)} {Of(count, one, many ?? one + "s")}";

    /// <summary>The word alone, for the number.</summary>
    public static string Of(long count, string one, string many) => count == 1 ? one : many;
}
