using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Attune.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>
/// Attention of one new token a row over cached keys and values, in float32 or bfloat16, read from the cache where they lie, each row to its own end.
/// <see cref="Attention.OneTokenPlain"/> is its twin, and does what this cannot.
/// </summary>
internal static unsafe class OneTokenKernel
{
    // Products below which a second thread costs more than it gives.
    private const long Small = 1 << 20;

    /// <summary>Whether the tensors can be reached.</summary>
    public static bool Fits(Tensor query, Tensor keys) => TensorPointer.Suit(query, keys);

    /// <summary>Attends.</summary>
    /// <param name="query">[rows, heads, head size], float32 or bfloat16.</param>
    /// <param name="keys">[rows, key heads, capacity, head size], of the same type.</param>
    /// <param name="values">As <paramref name="keys"/>.</param>
    /// <param name="lengths">The tokens of each row before this one.</param>
    /// <param name="scale">What scores are multiplied by.</param>
    /// <returns>[rows, heads * head size].</returns>
    public static Tensor Forward(Tensor query, Tensor keys, Tensor values, IReadOnlyList<int> lengths, double scale) => query.dtype == ScalarType.Float32
        ? Forward<Float32Element, float>(query, keys, values, lengths, scale) : Forward<BFloat16Element, ushort>(query, keys, values, lengths, scale);

    private static Tensor Forward<TElement, T>(Tensor query, Tensor keys, Tensor values, IReadOnlyList<int> lengths, double scale)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int rows = (int)query.size(0), heads = (int)query.size(1), size = (int)query.size(2), keyHeads = (int)keys.size(1), group = heads / keyHeads;
        long capacity = keys.size(2);
        var output = empty([rows, (long)heads * size], dtype: query.dtype, device: query.device);
        T* q = TensorPointer.Of<T>(query), k = TensorPointer.Of<T>(keys), v = TensorPointer.Of<T>(values), y = TensorPointer.Of<T>(output);

        void One(long item)
        {
            int row = (int)(item / keyHeads), keyHead = (int)(item % keyHeads);
            long cacheAt = item * capacity * size, at = ((long)row * heads + (keyHead * group)) * size;
            Head<TElement, T>(q + at, k + cacheAt, v + cacheAt, y + at, lengths[row] + 1, group, size, (float)scale);
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

    /// <summary>The query heads of one key head; sums and probabilities are float32 whatever the elements are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Head<TElement, T>(T* q, T* k, T* v, T* y, int count, int group, int size, float scale)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        float* scores = (float*)NativeMemory.Alloc(((nuint)count * (nuint)group) + (nuint)size, sizeof(float));
        float* sums = scores + ((long)count * group);
        for (int t = 0; t < count; t++)
        {
            for (int g = 0; g < group; g++)
            {
                scores[(g * count) + t] = Dot<TElement, T>(q + (g * size), k + ((long)t * size), size) * scale;
            }
        }

        for (int g = 0; g < group; g++)
        {
            float share = 1 / Exponentials(scores + (g * count), count);
            new Span<float>(sums, size).Clear();
            for (int t = 0; t < count; t++)
            {
                AddScaled<TElement, T>(v + ((long)t * size), scores[(g * count) + t] * share, sums, size);
            }

            KernelNumbers.Write<TElement, T>(sums, y + (g * size), size);
        }

        NativeMemory.Free(scores);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Dot<TElement, T>(T* a, T* b, int count)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int step = IKernelElement<T>.Step, i = 0;
        Vector<float> first = Vector<float>.Zero, second = Vector<float>.Zero;
        for (; i <= count - step; i += step)
        {
            var (aLow, aHigh) = TElement.LoadPairs(a + i);
            var (bLow, bHigh) = TElement.LoadPairs(b + i);
            first += aLow * bLow;
            second += aHigh * bHigh;
        }

        float sum = Vector.Sum(first + second);
        for (; i < count; i++)
        {
            sum += TElement.ToFloat(a[i]) * TElement.ToFloat(b[i]);
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
            var value = VectorExp.Of(Vector.Load(x + at) - shift);
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddScaled<TElement, T>(T* x, float scale, float* y, int count)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int step = IKernelElement<T>.Step, half = step / 2, i = 0;
        for (; i <= count - step; i += step)
        {
            var (low, high) = TElement.Load(x + i);
            (Vector.Load(y + i) + (low * scale)).Store(y + i);
            (Vector.Load(y + i + half) + (high * scale)).Store(y + i + half);
        }

        for (; i < count; i++)
        {
            y[i] += TElement.ToFloat(x[i]) * scale;
        }
    }
}
