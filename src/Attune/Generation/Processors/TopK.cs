using System.Buffers;

namespace Attune.Generation.Processors;

/// <summary>Keeps the k largest scores, and what is as large as the k-th (Fan et al. 2018).</summary>
internal sealed class TopK(int k) : ILogitsProcessor
{
    public void Process(ReadOnlySpan<int> tokens, int promptLength, Span<float> scores)
    {
        if (k >= scores.Length)
        {
            return;
        }

        float least = Least(scores, k);
        foreach (ref float score in scores)
        {
            score = score < least ? float.NegativeInfinity : score;
        }
    }

    /// <summary>The k-th largest, by a heap of the k largest so far.</summary>
    private static float Least(ReadOnlySpan<float> scores, int k)
    {
        float[] rented = ArrayPool<float>.Shared.Rent(k);
        var heap = rented.AsSpan(0, k);
        scores[..k].CopyTo(heap);
        heap.Sort();
        foreach (float score in scores[k..])
        {
            if (score > heap[0])
            {
                Sink(heap, score);
            }
        }

        float least = heap[0];
        ArrayPool<float>.Shared.Return(rented);
        return least;
    }

    private static void Sink(Span<float> heap, float value)
    {
        int place = 0;
        while (true)
        {
            int child = (2 * place) + 1;
            if (child >= heap.Length)
            {
                break;
            }

            child += child + 1 < heap.Length && heap[child + 1] < heap[child] ? 1 : 0;
            if (heap[child] >= value)
            {
                break;
            }

            heap[place] = heap[child];
            place = child;
        }

        heap[place] = value;
    }
}
