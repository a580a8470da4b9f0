namespace Attune.Training.Schedules;

/// <summary>When a metric counts as better than the best so far.</summary>
/// <param name="Lower">Lower is better (<c>mode</c> is <c>min</c>).</param>
/// <param name="Threshold">By how much it must be better.</param>
/// <param name="Relative">The threshold is a share of the best (<c>threshold_mode</c> is <c>rel</c>).</param>
internal sealed record Improvement(bool Lower, double Threshold, bool Relative)
{
    /// <summary>A best that everything is better than.</summary>
    public double Worst => Lower ? double.PositiveInfinity : double.NegativeInfinity;

    public static Improvement Read(Arguments arguments, double threshold, params ReadOnlySpan<string> thresholdModes) => new(
        arguments.Word("mode", "min", "max") == "min",
        arguments.Number("threshold", 0) ?? threshold,
        arguments.Word("threshold_mode", thresholdModes) == "rel");

    public bool IsBetter(double value, double best) => (Lower, Relative) switch
    {
        (true, true) => value < best * (1 - Threshold),
        (true, false) => value < best - Threshold,
        (false, true) => value > best * (1 + Threshold),
        (false, false) => value > best + Threshold,
    };
}
