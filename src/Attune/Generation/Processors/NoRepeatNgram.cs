namespace Attune.Generation.Processors;

/// <summary>Cuts every token that would complete a run of so many tokens which occurred before, in the prompt or after it.</summary>
internal sealed class NoRepeatNgram(int size) : ILogitsProcessor
{
    public void Process(ReadOnlySpan<int> tokens, int promptLength, Span<float> scores)
    {
        if (tokens.Length + 1 < size)
        {
            return;
        }

        var begun = tokens[(tokens.Length - size + 1)..];
        for (int start = 0; start + size <= tokens.Length; start++)
        {
            if (tokens.Slice(start, size - 1).SequenceEqual(begun))
            {
                scores[tokens[start + size - 1]] = float.NegativeInfinity;
            }
        }
    }
}
