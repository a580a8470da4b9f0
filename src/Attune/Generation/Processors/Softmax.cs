using System.Buffers;
using System.Numerics;

namespace Attune.Generation.Processors;

/// <summary>Probabilities of scores, not divided by their sum where that is not needed.</summary>
internal static class Softmax
{
    /// <summary>The limit below which tokens are cut.</summary>
    public delegate double Limit(ReadOnlySpan<float> weights, double total);

    /// <summary>exp(score - the largest score); the largest gets 1, what is cut 0.</summary>
    /// <param name="scores">Scores; at least one is finite.</param>
    /// <param name="weights">At least as long.</param>
    /// <returns>The sum of the weights.</returns>
    public static double Weights(ReadOnlySpan<float> scores, Span<float> weights)
    {
        float largest = scores[Scores.Best(scores)];
        int step = Vector<float>.Count, i = 0;
        var shift = new Vector<float>(largest);
        double total = 0;
        while (i <= scores.Length - step)
        {
            // Float32 sums are carried on in double after so many vectors.
            var part = Vector<float>.Zero;
            for (int end = Math.Min(scores.Length - step, i + (127 * step)); i <= end; i += step)
            {
                var weight = Vector.Exp(new Vector<float>(scores[i..]) - shift);
                weight.CopyTo(weights[i..]);
                part += weight;
            }

            total += Vector.Sum(part);
        }

        for (; i < scores.Length; i++)
        {
            total += weights[i] = MathF.Exp(scores[i] - largest);
        }

        return total;
    }

    /// <summary>The entropy in nats.</summary>
    /// <param name="weights">Weights.</param>
    /// <param name="total">Their sum.</param>
    public static double Entropy(ReadOnlySpan<float> weights, double total)
    {
        double sum = 0;
        foreach (float weight in weights)
        {
            sum += weight == 0 ? 0 : weight * Math.Log(weight);
        }

        return Math.Log(total) - (sum / total);
    }

    /// <summary>Cuts tokens less likely than a limit, but never the most likely.</summary>
    public static void CutBelow(Span<float> scores, Limit limit)
    {
        float[] weights = ArrayPool<float>.Shared.Rent(scores.Length);
        double total = Weights(scores, weights), least = limit(weights.AsSpan(0, scores.Length), total) * total;
        for (int i = 0; i < scores.Length; i++)
        {
            scores[i] = weights[i] < least && weights[i] < 1 ? float.NegativeInfinity : scores[i];
        }

        ArrayPool<float>.Shared.Return(weights);
    }
}
