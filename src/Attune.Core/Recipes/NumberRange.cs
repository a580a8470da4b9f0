using System.Globalization;

namespace Attune.Recipes;

/// <summary>Which numbers are allowed.</summary>
/// <param name="Least">The lower bound.</param>
/// <param name="Most">The upper bound; infinite where there is none.</param>
/// <param name="AboveLeast">True where the lower bound itself is not allowed.</param>
/// <param name="BelowMost">True where the upper bound itself is not allowed.</param>
public readonly record struct NumberRange(double Least, double Most = double.PositiveInfinity, bool AboveLeast = false, bool BelowMost = false)
{
    /// <summary>More than 0.</summary>
    public static NumberRange Positive => new(0, AboveLeast: true);

    /// <summary>0 or more.</summary>
    public static NumberRange NotNegative => new(0);

    /// <summary>From 0 to 1, both included.</summary>
    public static NumberRange Share => new(0, 1);

    /// <summary>From 0, included, to 1, excluded.</summary>
    public static NumberRange BelowOne => new(0, 1, BelowMost: true);

    /// <summary>Whether a number is allowed.</summary>
    /// <param name="value">The number.</param>
    public bool Contains(double value) => (AboveLeast ? value > Least : value >= Least) && (BelowMost ? value < Most : value <= Most);

    /// <summary>The range in words, to follow "must be": <c>greater than 0</c>, <c>at least 0 and less than 1</c>.</summary>
    public override string ToString()
    {
        string least = double.IsNegativeInfinity(Least) ? "" : (AboveLeast ? "greater than " : "at least ") + Text(Least);
        string most = double.IsPositiveInfinity(Most) ? "" : (BelowMost ? "less than " : "at most ") + Text(Most);
        return least.Length > 0 && most.Length > 0 ? $"{least} and {most}" : least + most;
    }

    private static string Text(double value) => value.ToString("#,0.###############", CultureInfo.InvariantCulture);
}
