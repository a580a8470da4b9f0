namespace Attune.Generation.Processors;

/// <summary>Cuts the end tokens until there are so many new tokens.</summary>
internal sealed class MinNewTokens(int minimum, IReadOnlyList<int> endTokens) : ILogitsProcessor
{
    public void Process(ReadOnlySpan<int> tokens, int promptLength, Span<float> scores)
    {
        if (tokens.Length - promptLength >= minimum)
        {
            return;
        }

        foreach (int end in endTokens)
        {
            if ((uint)end < (uint)scores.Length)
            {
                scores[end] = float.NegativeInfinity;
            }
        }
    }
}
