using System.Buffers;

namespace Attune.Generation.Processors;

/// <summary>Tokens that occurred, in the prompt or after it: positive scores are divided by the penalty, negative ones multiplied (Keskar et al. 2019).</summary>
internal sealed class RepetitionPenalty(double penalty) : ILogitsProcessor
{
    private readonly float penalty = (float)penalty;

    public void Process(ReadOnlySpan<int> tokens, int promptLength, Span<float> scores)
    {
        // All are read before one is written: a token that occurred twice is penalised once.
        float[] changed = ArrayPool<float>.Shared.Rent(tokens.Length);
        for (int i = 0; i < tokens.Length; i++)
        {
            float score = scores[tokens[i]];
            changed[i] = score < 0 ? score * penalty : score / penalty;
        }

        for (int i = 0; i < tokens.Length; i++)
        {
            scores[tokens[i]] = changed[i];
        }

        ArrayPool<float>.Shared.Return(changed);
    }
}
