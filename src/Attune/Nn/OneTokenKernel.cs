using System.Numerics;
using System.Runtime.InteropServices;
using Attune.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>
/// Attention of one new token a row over cached keys and values, read from the cache where they lie, each row to its own end.
/// <see cref="Attention.OneTokenPlain"/> is its twin, and does what this cannot.
/// </summary>
internal static unsafe class OneTokenKernel
{
    // Products below which a second thread costs more than it gives.
    private const long Small = 1 << 20;

    /// <summary>Whether the tensors can be reached.</summary>
    public static bool Fits(Tensor query, Tensor keys) => query.dtype == ScalarType.Float32 && keys.dtype == ScalarType.Float32 && TensorPointer.IsReachable(query) && TensorPointer.IsReachable(keys);

    /// <summary>Attends.</summary>
    /// <param name="query">[rows, heads, head size].</param>
    /// <param name="keys">[rows, key heads, capacity, head size].</param>
    /// <param name="values">As <paramref name="keys"/>.</param>
    /// <param name="lengths">The tokens of each row before this one.</param>
    /// <param name="scale">What scores are multiplied by.</param>
    /// <returns>[rows, heads * head size].</returns>
    public static Tensor Forward(Tensor query, Tensor keys, Tensor values, IReadOnlyList<int> lengths, double scale)
    {
        long[] shape = query.shape, cached = keys.shape;
        int rows = (int)shape[0], heads = (int)shape[1], size = (int)shape[2], keyHeads = (int)cached[1], group = heads / keyHeads;
        long capacity = cached[2];
        var output = empty([rows, (long)heads * size], dtype: ScalarType.Float32, device: query.device);
        float* q = TensorPointer.Of<float>(query), k = TensorPointer.Of<float>(keys), v = TensorPointer.Of<float>(values), y = TensorPointer.Of<float>(output);

        void One(long item)
        {
            int row = (int)(item / keyHeads), keyHead = (int)(item % keyHeads);
            long cacheAt = item * capacity * size, at = ((long)row * heads + (keyHead * group)) * size;
            Head(q + at, k + cacheAt, v + cacheAt, y + at, lengths[row] + 1, group, size, (float)scale);
        }

        long work = 0;
        for (int row = 0; row < rows; row++)
        {
            work += (long)(lengths[row] + 1) * heads * size;
        }

        if (work < Small)
        {
            for (int item = 0; item < rows * keyHeads; item++)
            {
                One(item);
            }
        }
        else
        {
            Team.Run(rows * keyHeads, One);
        }

        GC.KeepAlive(query);
        return output;
    }

    /// <summary>The query heads of one key head.</summary>
    private static void Head(float* q, float* k, float* v, float* y, int count, int group, int size, float scale)
    {
        float* scores = (float*)NativeMemory.Alloc((nuint)count * (nuint)group, sizeof(float));
        for (int t = 0; t < count; t++)
        {
            for (int g = 0; g < group; g++)
            {
                scores[(g * count) + t] = Dot(q + (g * size), k + ((long)t * size), size) * scale;
            }
        }

        new Span<float>(y, group * size).Clear();
        for (int g = 0; g < group; g++)
        {
            float share = 1 / Exponentials(scores + (g * count), count);
            for (int t = 0; t < count; t++)
            {
                AddScaled(v + ((long)t * size), scores[(g * count) + t] * share, y + (g * size), size);
            }
        }

        NativeMemory.Free(scores);
    }

    private static float Dot(float* a, float* b, int count)
    {
        int step = Vector<float>.Count, i = 0;
        var sums = Vector<float>.Zero;
        for (; i <= count - step; i += step)
        {
            sums += Vector.Load(a + i) * Vector.Load(b + i);
        }

        float sum = Vector.Sum(sums);
        for (; i < count; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    /// <summary>exp(x - largest) in place; their sum.</summary>
    private static float Exponentials(float* x, int count)
    {
        float largest = float.NegativeInfinity;
        for (int i = 0; i < count; i++)
        {
            largest = MathF.Max(largest, x[i]);
        }

        int step = Vector<float>.Count, at = 0;
        var (shift, sums) = (new Vector<float>(largest), Vector<float>.Zero);
        for (; at <= count - step; at += step)
        {
            var value = Vector.Exp(Vector.Load(x + at) - shift);
            value.Store(x + at);
            sums += value;
        }

        float sum = Vector.Sum(sums);
        for (; at < count; at++)
        {
            sum += x[at] = MathF.Exp(x[at] - largest);
        }

        return sum;
    }

    private static void AddScaled(float* x, float scale, float* y, int count)
    {
        int step = Vector<float>.Count, i = 0;
        for (; i <= count - step; i += step)
        {
            (Vector.Load(y + i) + (Vector.Load(x + i) * scale)).Store(y + i);
        }

        for (; i < count; i++)
        {
            y[i] += x[i] * scale;
        }
    }
}
