namespace Attune.Generation;

/// <summary>What a classifier says of a text.</summary>
/// <param name="Label">The most probable label.</param>
/// <param name="Scores">
/// One number a label, in the labels' order: probabilities that add up to 1; where a text may have several labels, each label's own probability; for
/// a regression the numbers themselves.
/// </param>
public sealed record LabelScores(string Label, IReadOnlyList<float> Scores)
{
    /// <summary>The score of <see cref="Label"/>.</summary>
    public float Score => Scores.Max();
}
