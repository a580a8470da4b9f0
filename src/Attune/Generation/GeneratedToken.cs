namespace Attune.Generation;

/// <summary>A token as soon as it was chosen.</summary>
/// <param name="Row">Which sequence it goes on: prompts in their order, each num_return_sequences times.</param>
/// <param name="Id">The token.</param>
/// <param name="Finish">Why the sequence ended with it; null: it goes on.</param>
public readonly record struct GeneratedToken(int Row, int Id, FinishReason? Finish);
