namespace Attune.Spans;

/// <summary>How the labels of tokens become entities: transformers' <c>AggregationStrategy</c>.</summary>
public enum EntityStrategy
{
    /// <summary>Every token by itself.</summary>
    None,

    /// <summary>Neighbours of one label together, a <c>B-</c> beginning anew; a word may be cut in two.</summary>
    Simple,

    /// <summary>As <see cref="Simple"/>, but over words, each with its first token's label.</summary>
    First,

    /// <summary>As <see cref="Simple"/>, but over words, each with the best label of its tokens' mean scores.</summary>
    Average,

    /// <summary>As <see cref="Simple"/>, but over words, each with the label of its surest token.</summary>
    Max,
}
