using System.Buffers;

namespace Attune.Generation.Processors;

/// <summary>Keeps tokens at least so large a share as likely as the most likely one (Nguyen et al. 2024).</summary>
internal sealed class MinP(double share) : ILogitsProcessor
{
    public void Process(ReadOnlySpan<int> tokens, int promptLength, Span<float> scores)
    {
        float[] weights = ArrayPool<float>.Shared.Rent(scores.Length);
        Softmax.Weights(scores, weights);
        for (int i = 0; i < scores.Length; i++)
        {
            // The most likely token has weight 1.
            scores[i] = weights[i] < share ? float.NegativeInfinity : scores[i];
        }

        ArrayPool<float>.Shared.Return(weights);
    }
}
