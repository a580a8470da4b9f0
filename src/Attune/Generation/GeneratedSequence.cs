namespace Attune.Generation;

/// <summary>What was generated behind a prompt.</summary>
/// <param name="Tokens">The new tokens; the end token, where there was one, is the last.</param>
/// <param name="Finish">Why it ended.</param>
/// <param name="Score">Beam search: the sum of the log-probabilities divided by length ** length_penalty; null without beams.</param>
public sealed record GeneratedSequence(IReadOnlyList<int> Tokens, FinishReason Finish, double? Score = null);
