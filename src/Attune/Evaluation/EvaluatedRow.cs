namespace Attune.Evaluation;

/// <summary>A row whose tokens are to be predicted.</summary>
/// <param name="Ids">The tokens.</param>
/// <param name="Targets">Which of them count, as many as <paramref name="Ids"/>; null: all. The first is never predicted: nothing comes before it.</param>
public sealed record EvaluatedRow(IReadOnlyList<int> Ids, IReadOnlyList<bool>? Targets = null);
