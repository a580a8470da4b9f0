namespace Attune.Text.Patterns;

/// <summary>What becomes of the matches when a text is split.</summary>
internal enum SplitBehavior
{
    /// <summary>They are dropped.</summary>
    Removed,

    /// <summary>Each is a piece of its own.</summary>
    Isolated,

    /// <summary>Each joins what is before it.</summary>
    MergedWithPrevious,

    /// <summary>Each joins what is after it.</summary>
    MergedWithNext,

    /// <summary>Neighbouring matches are one piece.</summary>
    Contiguous,
}
