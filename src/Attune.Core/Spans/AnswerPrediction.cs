namespace Attune.Spans;

/// <summary>What <see cref="NBestAnswers"/> makes of a question.</summary>
/// <param name="Text">The answer; empty where there is none.</param>
/// <param name="Best">The best answers, best first.</param>
/// <param name="NullScoreDifference">By how much the score of no answer exceeds that of the best answer; null where there always is one.</param>
public sealed record AnswerPrediction(string Text, IReadOnlyList<RankedAnswer> Best, float? NullScoreDifference);
