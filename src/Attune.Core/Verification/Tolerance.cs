using System.Text.Json;

namespace Attune.Verification;

/// <summary>How far a value may be off: abs(x - e) &lt;= Absolute + Relative * m, with m the largest magnitude of the expected tensor.</summary>
internal readonly record struct Tolerance(double Absolute, double Relative)
{
    /// <summary>Reads <c>{"absolute": a, "relative": r}</c>; a missing part is 0.</summary>
    public static Tolerance From(JsonElement json) => new(
        json.TryGetProperty("absolute", out var absolute) ? absolute.GetDouble() : 0,
        json.TryGetProperty("relative", out var relative) ? relative.GetDouble() : 0);

    /// <summary>What is allowed for a tensor whose largest magnitude is <paramref name="largest"/>.</summary>
    public double For(double largest) => Absolute + (Relative * largest);
}
