namespace Attune.Generation;

/// <summary>A piece of text as soon as it is certain.</summary>
/// <param name="Text">The piece.</param>
/// <param name="Tokens">How many tokens were generated so far, end token included.</param>
/// <param name="Finish">Why the text ends with it; null: it goes on.</param>
public readonly record struct GeneratedText(string Text, int Tokens, FinishReason? Finish);
