namespace Attune.Generation;

/// <summary>Whether a sequence ends with its last token.</summary>
internal static class Ending
{
    /// <summary>Why it ends; null: it goes on.</summary>
    /// <param name="tokens">Prompt and text so far.</param>
    /// <param name="generated">How many of them are new.</param>
    /// <param name="limit">How many new ones there may be.</param>
    /// <param name="endTokens">The end tokens.</param>
    /// <param name="stops">The stop strings; null: none.</param>
    public static FinishReason? Of(ReadOnlySpan<int> tokens, int generated, int limit, IReadOnlyList<int> endTokens, StopStrings? stops)
    {
        for (int i = 0; i < endTokens.Count; i++)
        {
            if (endTokens[i] == tokens[^1])
            {
                return FinishReason.EndToken;
            }
        }

        return stops is not null && stops.CompletedBy(tokens) ? FinishReason.StopString : generated >= limit ? FinishReason.Length : null;
    }
}
