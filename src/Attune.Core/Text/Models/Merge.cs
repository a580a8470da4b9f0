namespace Attune.Text.Models;

/// <summary>Two tokens that merge, and what they merge into; of several merges the first is the best.</summary>
/// <param name="Left">The id of the token before.</param>
/// <param name="Right">The id of the token after.</param>
/// <param name="Result">The id of the two put together, without a prefix of the second; -1 where there is none, or it was not looked for.</param>
internal readonly record struct Merge(int Left, int Right, int Result = -1);
