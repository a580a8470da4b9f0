namespace Attune.Evaluation;

/// <summary>A window of a long text, and the loss of the tokens in it that no earlier window covered.</summary>
/// <param name="Begin">Its first token's place in the text.</param>
/// <param name="End">The place after its last.</param>
/// <param name="Targets">How many of its tokens no earlier window covered; the text's first cannot be predicted, though.</param>
/// <param name="Loss">Their loss.</param>
public sealed record TextWindow(int Begin, int End, int Targets, TokenLoss Loss);
