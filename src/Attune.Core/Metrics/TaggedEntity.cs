namespace Attune.Metrics;

/// <summary>An entity in a sequence of tags.</summary>
/// <param name="Type">What follows the prefix: <c>PER</c>; <c>_</c> where nothing does.</param>
/// <param name="Sequence">The number of the sequence, from 0.</param>
/// <param name="Start">The place of its first tag, from 0.</param>
/// <param name="End">The place after its last tag.</param>
public readonly record struct TaggedEntity(string Type, int Sequence, int Start, int End);
