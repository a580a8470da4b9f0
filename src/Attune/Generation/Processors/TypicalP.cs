using System.Buffers;

namespace Attune.Generation.Processors;

/// <summary>Keeps the tokens whose surprise is nearest to the expected one, until their probabilities together reach the mass (Meister et al. 2023).</summary>
internal sealed class TypicalP(double mass) : ILogitsProcessor
{
    public void Process(ReadOnlySpan<int> tokens, int promptLength, Span<float> scores)
    {
        int count = scores.Length;
        float[] weights = ArrayPool<float>.Shared.Rent(count), distances = ArrayPool<float>.Shared.Rent(count);
        int[] places = ArrayPool<int>.Shared.Rent(count);
        double total = Softmax.Weights(scores, weights), entropy = Softmax.Entropy(weights.AsSpan(0, count), total);
        for (int i = 0; i < count; i++)
        {
            distances[i] = weights[i] == 0 ? float.PositiveInfinity : (float)Math.Abs(-Math.Log(weights[i] / total) - entropy);
            places[i] = i;
        }

        distances.AsSpan(0, count).Sort(places.AsSpan(0, count));
        int last = 0;
        for (double sum = weights[places[0]] / total; sum < mass && last < count - 1; sum += weights[places[last]] / total)
        {
            last++;
        }

        for (int i = last + 1; i < count; i++)
        {
            if (distances[i] > distances[last])
            {
                scores[places[i]] = float.NegativeInfinity;
            }
        }

        ArrayPool<float>.Shared.Return(weights);
        ArrayPool<float>.Shared.Return(distances);
        ArrayPool<int>.Shared.Return(places);
    }
}
