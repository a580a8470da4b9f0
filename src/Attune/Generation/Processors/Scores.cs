namespace Attune.Generation.Processors;

/// <summary>Scores of the next token.</summary>
internal static class Scores
{
    /// <summary>The token with the largest score, the first of equals.</summary>
    /// <exception cref="AttuneException">No score is a number above negative infinity.</exception>
    public static int Best(ReadOnlySpan<float> scores)
    {
        int best = -1;
        float largest = float.NegativeInfinity;
        for (int i = 0; i < scores.Length; i++)
        {
            if (scores[i] > largest)
            {
                largest = scores[i];
                best = i;
            }
        }

        return best >= 0 && float.IsFinite(largest) ? best : throw new AttuneException(ExitCode.BadData, null,
            "no next token can be chosen: the model's logits are not finite, or the options forbid every token",
            "check the weights (`attune verify`), or loosen no_repeat_ngram_size and min_new_tokens");
    }
}
