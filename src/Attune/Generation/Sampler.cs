using System.Buffers;
using Attune.Generation.Processors;

namespace Attune.Generation;

/// <summary>Chooses the next token of a sequence: the most likely, or one drawn.</summary>
/// <param name="sampled">Whether it is drawn.</param>
/// <param name="seed">What drawing starts from.</param>
/// <param name="stream">Which of several sequences from one prompt.</param>
internal sealed class Sampler(bool sampled, ulong seed, int stream)
{
    /// <summary>Chooses.</summary>
    /// <param name="scores">Scores after all processors.</param>
    /// <param name="step">How many tokens were chosen before.</param>
    public int Next(ReadOnlySpan<float> scores, int step)
    {
        if (!sampled)
        {
            return Scores.Best(scores);
        }

        float[] weights = ArrayPool<float>.Shared.Rent(scores.Length);
        double left = Softmax.Weights(scores, weights) * CounterRandom.Uniform(seed, (ulong)stream, (ulong)step);
        int chosen = -1;
        for (int i = 0; i < scores.Length && left >= 0; i++)
        {
            if (weights[i] > 0)
            {
                left -= weights[i];
                chosen = i;
            }
        }

        ArrayPool<float>.Shared.Return(weights);
        return chosen;
    }
}
