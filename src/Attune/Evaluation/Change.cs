namespace Attune.Evaluation;

/// <summary>A number before and after the training, with the interval of its difference.</summary>
/// <param name="Before">Before.</param>
/// <param name="After">After.</param>
/// <param name="Low">The lower end of the difference's 95 % interval; null where there is none.</param>
/// <param name="High">Its upper end.</param>
public sealed record Change(double Before, double After, double? Low = null, double? High = null)
{
    /// <summary><see cref="After"/> minus <see cref="Before"/>.</summary>
    public double Difference => After - Before;
}
