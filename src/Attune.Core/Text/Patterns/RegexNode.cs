namespace Attune.Text.Patterns;

/// <summary>A regular expression, parsed.</summary>
internal abstract record RegexNode
{
    /// <summary>One code point of a set.</summary>
    public sealed record One(CodePointSet Set) : RegexNode;

    /// <summary>One after the other.</summary>
    public sealed record Sequence(IReadOnlyList<RegexNode> Nodes) : RegexNode;

    /// <summary>The first that leads to a match.</summary>
    public sealed record Choice(IReadOnlyList<RegexNode> Nodes) : RegexNode;

    /// <summary>From so many to so many times (<see cref="int.MaxValue"/>: any), the more the better, or the fewer.</summary>
    public sealed record Repeat(RegexNode Node, int Least, int Most, bool Greedy) : RegexNode;

    /// <summary>What follows, or what is before, is or is not so.</summary>
    public sealed record Look(RegexNode Node, bool Ahead, bool Positive) : RegexNode;

    /// <summary>A place.</summary>
    public sealed record Anchor(RegexAnchor Kind) : RegexNode;
}

/// <summary>Places in a text.</summary>
internal enum RegexAnchor
{
    /// <summary>The text's start.</summary>
    TextStart,

    /// <summary>The text's end.</summary>
    TextEnd,

    /// <summary>The text's end, or before a line end there.</summary>
    LastLineEnd,

    /// <summary>A line's start.</summary>
    LineStart,

    /// <summary>A line's end.</summary>
    LineEnd,

    /// <summary>Between a word character and another.</summary>
    WordBoundary,

    /// <summary>Not between a word character and another.</summary>
    NoWordBoundary,
}
