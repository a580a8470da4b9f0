using System.Buffers;

namespace Attune.Generation.Processors;

/// <summary>Keeps the most likely tokens whose probabilities together reach p, the one that crosses it included (Holtzman et al. 2019).</summary>
internal sealed class TopP(double p) : ILogitsProcessor
{
    public void Process(ReadOnlySpan<int> tokens, int promptLength, Span<float> scores)
    {
        float[] weights = ArrayPool<float>.Shared.Rent(scores.Length), sorted = ArrayPool<float>.Shared.Rent(scores.Length);
        int[] places = ArrayPool<int>.Shared.Rent(scores.Length);
        double cut = (1 - p) * Softmax.Weights(scores, weights), sum = 0;

        // Tokens so unlikely that all the vocabulary at their weight would be cut are cut without sorting.
        double negligible = cut / scores.Length;
        int count = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (weights[i] < negligible)
            {
                sum += weights[i];
                scores[i] = float.NegativeInfinity;
            }
            else
            {
                sorted[count] = weights[i];
                places[count++] = i;
            }
        }

        sorted.AsSpan(0, count).Sort(places.AsSpan(0, count));
        for (int i = 0; i < count - 1 && (sum += sorted[i]) <= cut; i++)
        {
            scores[places[i]] = float.NegativeInfinity;
        }

        ArrayPool<float>.Shared.Return(weights);
        ArrayPool<float>.Shared.Return(sorted);
        ArrayPool<int>.Shared.Return(places);
    }
}
