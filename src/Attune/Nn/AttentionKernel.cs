using System.Numerics;
using System.Runtime.CompilerServices;
using Attune.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>
/// Causal attention within rows and its gradients, a row's key head at a time with the query heads that share it, in blocks of queries whose scores
/// stay in a core's own cache: libtorch multiplies, on the one thread that has the row's head, and one pass over a block's scores does all else.
/// The gradient takes the scores turned, [keys, queries], so that no product reads a large matrix against its grain, and keeps of the forward pass
/// one number a query, the logarithm of its sum (Dao et al. 2022). <see cref="Attention.Plain"/> is the twin.
/// </summary>
internal static unsafe class AttentionKernel
{
    // Bytes of a column of a block's scores, all query heads together: blocks so small that little is computed of what no query may see, and so large
    // that products run at full speed. By measurement.
    private const int ColumnBytes = 768;
    private const int FewestQueries = 32;
    private const int MostQueries = 256;

    // Sizes are filled up to whole steps of the elementwise passes, so that these have no ends.
    private static int Step => 2 * Vector<float>.Count;

    /// <summary>Whether it can work on such tensors.</summary>
    public static bool Takes(params ReadOnlySpan<Tensor> tensors) => TensorPointer.Suit(tensors);

    /// <summary>Attends.</summary>
    /// <param name="query">[tokens, heads, head size].</param>
    /// <param name="keys">Where the rows' keys lie.</param>
    /// <param name="values">The values, in the places of the keys.</param>
    /// <param name="scale">What scores are multiplied by.</param>
    /// <param name="logSums">[tokens, heads], float32: receives what <see cref="Backward"/> needs; null: there will be none.</param>
    /// <returns>[tokens, heads, head size].</returns>
    public static Tensor Forward(Tensor query, KeyPlaces keys, Tensor values, double scale, Tensor? logSums = null)
    {
        var output = empty_like(query);
        if (query.dtype == ScalarType.Float32)
        {
            Forward<Float32Element, float>(query, keys, values, output, (float)scale, logSums);
        }
        else
        {
            Forward<BFloat16Element, ushort>(query, keys, values, output, (float)scale, logSums);
        }

        return output;
    }

    /// <summary>The gradients of query, key and value.</summary>
    /// <param name="query">[tokens, heads, head size].</param>
    /// <param name="keys">Keys of packed rows.</param>
    /// <param name="values">The values, in the places of the keys.</param>
    /// <param name="output">Of the forward pass.</param>
    /// <param name="logSums">Of the forward pass.</param>
    /// <param name="gradient">Of the output.</param>
    /// <param name="scale">What scores were multiplied by.</param>
    public static (Tensor Query, Tensor Key, Tensor Value) Backward(Tensor query, KeyPlaces keys, Tensor values, Tensor output, Tensor logSums, Tensor gradient, double scale)
    {
        var gradients = (empty_like(query), empty_like(keys.Tensor), empty_like(values));
        if (query.dtype == ScalarType.Float32)
        {
            Backward<Float32Element, float>(query, keys, values, output, logSums, gradient, gradients, (float)scale);
        }
        else
        {
            Backward<BFloat16Element, ushort>(query, keys, values, output, logSums, gradient, gradients, (float)scale);
        }

        return gradients;
    }

    private static void Forward<TElement, T>(Tensor query, KeyPlaces keys, Tensor values, Tensor output, float scale, Tensor? logSums)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int heads = (int)query.size(1), size = (int)query.size(2), group = heads / keys.Heads, stride = heads * size;
        T* q = TensorPointer.Of<T>(query), k = TensorPointer.Of<T>(keys.Tensor), v = TensorPointer.Of<T>(values), y = TensorPointer.Of<T>(output);
        float* logs = logSums is null ? null : TensorPointer.Of<float>(logSums);
        Each(keys, (row, keyHead) =>
        {
            int all = Up(row.Past + row.Count), block = Block<T>(row.Count, group), most = group * block;
            var memory = new Memory<T>(query, (2L * all * size) + (most * ((2L * size) + all)));
            long ownKeys = memory.Take((long)all * size), ownValues = memory.Take((long)all * size);
            long own = memory.Take((long)most * size), sums = memory.Take((long)most * size), scores = memory.Take((long)most * all);
            using var floats = KernelScratch.Floats(most).AsMemory().Pin();
            float* shares = (float*)floats.Pointer;
            long keyAt = row.Key + (keyHead * keys.HeadStride);
            Pack<TElement, T>(k + keyAt, keys.TokenStride, row.Past + row.Count, all, size, 1, memory.At(ownKeys));
            Pack<TElement, T>(v + keyAt, keys.TokenStride, row.Past + row.Count, all, size, 1, memory.At(ownValues));
            for (int from = 0; from < row.Count; from += block)
            {
                int count = Math.Min(block, row.Count - from), filled = Up(count), visible = row.Past + from, seen = Up(visible + count), high = group * filled;
                long first = ((row.Query + from) * heads) + (keyHead * group);
                for (int g = 0; g < group; g++)
                {
                    Pack<TElement, T>(q + ((first + g) * size), stride, count, filled, size, scale, memory.At(own + ((long)g * filled * size)));
                }

                memory.Matrix(scores, high, seen).addmm_(memory.Matrix(own, high, size), memory.Matrix(ownKeys, seen, size).t(), beta: 0, alpha: 1);
                for (int i = 0; i < high; i++)
                {
                    float log = Exponentials<TElement, T>(memory.At(scores + ((long)i * seen)), Math.Min(visible + (i % filled) + 1, seen), seen, out shares[i]);
                    if (logs != null && i % filled < count)
                    {
                        logs[first + ((long)(i % filled) * heads) + (i / filled)] = log;
                    }
                }

                memory.Matrix(sums, high, size).addmm_(memory.Matrix(scores, high, seen), memory.Matrix(ownValues, seen, size), beta: 0, alpha: 1);
                for (int g = 0; g < group; g++)
                {
                    for (int i = 0; i < count; i++)
                    {
                        Copy<TElement, T, TElement, T>(memory.At(sums + (((long)g * filled) + i) * size), y + ((first + g + ((long)i * heads)) * size), size, shares[(g * filled) + i]);
                    }
                }
            }
        });
        GC.KeepAlive(query);
        GC.KeepAlive(keys.Tensor);
        GC.KeepAlive(values);
    }

    private static void Backward<TElement, T>(
        Tensor query, KeyPlaces keys, Tensor values, Tensor output, Tensor logSums, Tensor gradient, (Tensor Query, Tensor Key, Tensor Value) gradients, float scale)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int heads = (int)query.size(1), size = (int)query.size(2), group = heads / keys.Heads, stride = heads * size;
        T* q = TensorPointer.Of<T>(query), k = TensorPointer.Of<T>(keys.Tensor), v = TensorPointer.Of<T>(values), y = TensorPointer.Of<T>(output);
        T* d = TensorPointer.Of<T>(gradient), dq = TensorPointer.Of<T>(gradients.Query), dk = TensorPointer.Of<T>(gradients.Key), dv = TensorPointer.Of<T>(gradients.Value);
        float* logs = TensorPointer.Of<float>(logSums);
        Each(keys, (row, keyHead) =>
        {
            int all = Up(row.Count), block = Block<T>(row.Count, group), most = group * block;
            long tall = (long)all * size, wide = (long)most * size, tile = (long)all * most;
            var memory = new Memory<T>(query, (3 * tall) + (2 * wide) + (2 * tile));
            long ownKeys = memory.Take(tall), ownValues = memory.Take(tall), product = memory.Take(tall);
            long own = memory.Take(wide), given = memory.Take(wide), scores = memory.Take(tile), ofScores = memory.Take(tile);
            using var floats = KernelScratch.Floats((2 * tall) + (2 * most)).AsMemory().Pin();
            float* ofKeys = (float*)floats.Pointer, ofValues = ofKeys + tall, logsOf = ofValues + tall, means = logsOf + most;
            new Span<float>(ofKeys, checked((int)(2 * tall))).Clear();
            long keyAt = row.Key + (keyHead * keys.HeadStride);
            Pack<TElement, T>(k + keyAt, keys.TokenStride, row.Count, all, size, 1, memory.At(ownKeys));
            Pack<TElement, T>(v + keyAt, keys.TokenStride, row.Count, all, size, 1, memory.At(ownValues));
            for (int from = 0; from < row.Count; from += block)
            {
                int count = Math.Min(block, row.Count - from), columns = Up(count), seen = Up(from + count), high = group * columns;
                long first = ((row.Query + from) * heads) + (keyHead * group);
                for (int g = 0; g < group; g++)
                {
                    long head = first + g;
                    Pack<TElement, T>(q + (head * size), stride, count, columns, size, scale, memory.At(own + ((long)g * columns * size)));
                    Pack<TElement, T>(d + (head * size), stride, count, columns, size, 1, memory.At(given + ((long)g * columns * size)));
                    for (int i = 0; i < columns; i++, head += heads)
                    {
                        // What is filled up has neither queries nor gradients, and adds nothing.
                        logsOf[(g * columns) + i] = i < count ? logs[head] : 0;
                        means[(g * columns) + i] = i < count ? Dot<TElement, T>(y + (head * size), d + (head * size), size) : 0;
                    }
                }

                Tensor queries = memory.Matrix(own, high, size), ofOutput = memory.Matrix(given, high, size), seenKeys = memory.Matrix(ownKeys, seen, size);
                Tensor probabilities = memory.Matrix(scores, seen, high), slopes = memory.Matrix(ofScores, seen, high), sums = memory.Matrix(product, seen, size);
                probabilities.addmm_(seenKeys, queries.t(), beta: 0, alpha: 1);
                slopes.addmm_(memory.Matrix(ownValues, seen, size), ofOutput.t(), beta: 0, alpha: 1);
                for (int j = 0; j < seen; j++)
                {
                    Differentiate<TElement, T>(memory.At(scores + ((long)j * high)), memory.At(ofScores + ((long)j * high)), logsOf, means, group, columns, Math.Clamp(j - from, 0, columns));
                }

                sums.addmm_(probabilities, ofOutput, beta: 0, alpha: 1);
                Add<TElement, T>(memory.At(product), (long)seen * size, ofValues);
                sums.addmm_(slopes, queries, beta: 0, alpha: 1);
                Add<TElement, T>(memory.At(product), (long)seen * size, ofKeys);
                queries.addmm_(slopes.t(), seenKeys, beta: 0, alpha: 1);
                for (int g = 0; g < group; g++)
                {
                    for (int i = 0; i < count; i++)
                    {
                        Copy<TElement, T, TElement, T>(memory.At(own + (((long)g * columns) + i) * size), dq + ((first + g + ((long)i * heads)) * size), size, scale);
                    }
                }
            }

            for (int j = 0; j < row.Count; j++)
            {
                long to = keyAt + ((long)j * keys.TokenStride);
                Copy<Float32Element, float, TElement, T>(ofKeys + ((long)j * size), dk + to, size, 1);
                Copy<Float32Element, float, TElement, T>(ofValues + ((long)j * size), dv + to, size, 1);
            }
        });
        GC.KeepAlive(query);
        GC.KeepAlive(keys.Tensor);
        GC.KeepAlive(values);
        GC.KeepAlive(output);
        GC.KeepAlive(logSums);
        GC.KeepAlive(gradient);
    }

    /// <summary>Rows' key heads over all cores, the longest first.</summary>
    private static void Each(KeyPlaces keys, Action<KeyPlaces.Row, int> work)
    {
        KeyPlaces.Row[] rows = [.. keys.Rows.OrderByDescending(row => (long)row.Count * (row.Past + row.Count))];
        Team.Run((long)rows.Length * keys.Heads, item =>
        {
            using var mode = no_grad();
            using var scope = NewDisposeScope();
            work(rows[item / keys.Heads], (int)(item % keys.Heads));
        });
    }

    private static int Up(int count) => (count + Step - 1) / Step * Step;

    /// <summary>Queries of a block: a row's are divided into blocks of like size.</summary>
    private static int Block<T>(int queries, int group)
    {
        int blocks = Math.Max(1, (int)Math.Round(queries / Math.Clamp((double)ColumnBytes / Unsafe.SizeOf<T>() / group, FewestQueries, MostQueries)));
        return Up((queries + blocks - 1) / blocks);
    }

    /// <summary>[count, size] of a head, multiplied, to [rows, size] without gaps; zeros beyond.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pack<TElement, T>(T* from, int stride, int count, int rows, int size, float scale, T* to)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        for (int row = 0; row < count; row++, from += stride, to += size)
        {
            Copy<TElement, T, TElement, T>(from, to, size, scale);
        }

        new Span<T>(to, (rows - count) * size).Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy<TSource, S, TElement, T>(S* from, T* to, int size, float scale)
        where TSource : struct, IKernelElement<S>
        where S : unmanaged
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int i = 0;
        for (; i <= size - Step; i += Step)
        {
            var (low, high) = TSource.Load(from + i);
            TElement.Store(to + i, low * scale, high * scale);
        }

        for (; i < size; i++)
        {
            to[i] = TElement.FromFloat(TSource.ToFloat(from[i]) * scale);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Dot<TElement, T>(T* a, T* b, int size)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int i = 0;
        Vector<float> low = Vector<float>.Zero, high = low;
        for (; i <= size - Step; i += Step)
        {
            var (aLow, aHigh) = TElement.LoadPairs(a + i);
            var (bLow, bHigh) = TElement.LoadPairs(b + i);
            low = Vector.FusedMultiplyAdd(aLow, bLow, low);
            high = Vector.FusedMultiplyAdd(aHigh, bHigh, high);
        }

        float sum = Vector.Sum(low + high);
        for (; i < size; i++)
        {
            sum += TElement.ToFloat(a[i]) * TElement.ToFloat(b[i]);
        }

        return sum;
    }

    /// <summary>Adds a whole number of steps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<TElement, T>(T* from, long count, float* to)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        for (long i = 0; i < count; i += Step)
        {
            var (low, high) = TElement.Load(from + i);
            (Vector.Load(to + i) + low).Store(to + i);
            (Vector.Load(to + i + Vector<float>.Count) + high).Store(to + i + Vector<float>.Count);
        }
    }

    /// <summary>A query's scores become e^(score - largest), and nothing where it may not look.</summary>
    /// <param name="x">The scores.</param>
    /// <param name="visible">The keys that it may see.</param>
    /// <param name="columns">All keys, a whole number of steps.</param>
    /// <param name="share">One over the sum.</param>
    /// <returns>The logarithm of the sum of e^score.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Exponentials<TElement, T>(T* x, int visible, int columns, out float share)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int end = Up(visible);
        new Span<T>(x + visible, end - visible).Fill(TElement.FromFloat(float.NegativeInfinity));
        var (topLow, topHigh) = TElement.LoadPairs(x);
        for (int i = Step; i < end; i += Step)
        {
            var (low, high) = TElement.LoadPairs(x + i);
            topLow = Vector.MaxNative(topLow, low);
            topHigh = Vector.MaxNative(topHigh, high);
        }

        // One that is no number may be passed over: the sum has it.
        topLow = Vector.MaxNative(topLow, topHigh);
        float max = topLow[0];
        for (int i = 1; i < Vector<float>.Count; i++)
        {
            max = float.MaxNative(max, topLow[i]);
        }

        Vector<float> largest = new(max), sumLow = Vector<float>.Zero, sumHigh = sumLow;
        for (int i = 0; i < end; i += Step)
        {
            var (low, high) = TElement.LoadPairs(x + i);
            low = VectorExp.Of(low - largest);
            high = VectorExp.Of(high - largest);
            sumLow += low;
            sumHigh += high;
            TElement.StorePairs(x + i, low, high);
        }

        new Span<T>(x + visible, columns - visible).Clear();
        float sum = Vector.Sum(sumLow + sumHigh);
        share = 1 / sum;
        return max + MathF.Log(sum);
    }

    /// <summary>
    /// A key's scores become probabilities, and the gradients of those the scores': p (d - mean), where the mean is that of the query's d over its
    /// probabilities, which is its output times the output's gradient. Queries that may not see the key, the first of each head, get nothing.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Differentiate<TElement, T>(T* scores, T* slopes, float* logs, float* means, int group, int columns, int blind)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        for (int g = 0; g < group; g++, scores += columns, slopes += columns, logs += columns, means += columns)
        {
            for (int i = blind / Step * Step; i < columns; i += Step)
            {
                var (low, high) = TElement.Load(scores + i);
                var (ofLow, ofHigh) = TElement.Load(slopes + i);
                low = VectorExp.Of(low - Vector.Load(logs + i));
                high = VectorExp.Of(high - Vector.Load(logs + i + Vector<float>.Count));
                TElement.Store(scores + i, low, high);
                TElement.Store(slopes + i, low * (ofLow - Vector.Load(means + i)), high * (ofHigh - Vector.Load(means + i + Vector<float>.Count)));
            }

            new Span<T>(scores, blind).Clear();
            new Span<T>(slopes, blind).Clear();
        }
    }

    /// <summary>Matrices in one piece of memory, which a thread keeps for its next row.</summary>
    private sealed class Memory<T>
        where T : unmanaged
    {
        [ThreadStatic]
        private static Tensor? kept;

        private readonly Tensor tensor;
        private readonly T* start;
        private long taken;

        public Memory(Tensor like, long count)
        {
            if (kept is null || kept.size(0) < count)
            {
                kept?.Dispose();
                kept = empty([count], dtype: like.dtype, device: like.device).DetachFromDisposeScope();
            }

            tensor = kept;
            start = TensorPointer.Of<T>(tensor);
        }

        public long Take(long elements) => (taken += elements) - elements;

        public T* At(long place) => start + place;

        public Tensor Matrix(long place, int rows, int columns) => tensor.as_strided([rows, columns], [columns, 1], place);
    }
}
