namespace Attune.Text.Patterns;

/// <summary>Reads a <see cref="SplitBehavior"/>.</summary>
internal static class SplitBehaviors
{
    public static SplitBehavior Read(Part part, SplitBehavior? otherwise = null)
    {
        string? name = part.StringOrNull("behavior");
        return name is null && otherwise is { } behavior ? behavior
            : Enum.TryParse(name, out SplitBehavior named) && name == named.ToString() ? named
            : throw part.Error($"unknown behavior \"{name}\"", "it is one of Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous");
    }
}
