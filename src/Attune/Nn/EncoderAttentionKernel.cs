using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Attune.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>
/// Attention within rows and its gradients, a row's head at a time: what it needs lies in the innermost cache, a few queries' scores at a time, and
/// rows of all lengths go together without padding. In float32 or bfloat16, computed in float32. <see cref="EncoderAttention.Plain"/> is the twin.
/// </summary>
internal static unsafe class EncoderAttentionKernel
{
    // Queries that share a load of keys.
    private const int Queries = 4;
    private const int Eight = 8;

    private static int Lanes => Vector<float>.Count;

    /// <summary>Whether it can work on such tensors.</summary>
    public static bool Takes(params ReadOnlySpan<Tensor> tensors) => TensorPointer.Suit(tensors);

    /// <summary>Attends; the arguments are those of <see cref="EncoderAttention.ForwardApart"/>.</summary>
    /// <returns>[tokens, heads, head size].</returns>
    public static Tensor Forward(Tensor query, Tensor key, Tensor value, IReadOnlyList<int> lengths, double scale, Tensor? queryBias = null, Tensor? valueBias = null)
    {
        var output = empty_like(query);
        if (query.dtype == ScalarType.Float32)
        {
            Forward<Float32Element, float>(query, key, value, output, lengths, (float)scale, queryBias, valueBias);
        }
        else
        {
            Forward<BFloat16Element, ushort>(query, key, value, output, lengths, (float)scale, queryBias, valueBias);
        }

        return output;
    }

    /// <summary>Replaces query, key and value by their gradients.</summary>
    public static void Backward(Tensor query, Tensor key, Tensor value, Tensor gradient, IReadOnlyList<int> lengths, double scale)
    {
        if (query.dtype == ScalarType.Float32)
        {
            Backward<Float32Element, float>(query, key, value, gradient, lengths, (float)scale);
        }
        else
        {
            Backward<BFloat16Element, ushort>(query, key, value, gradient, lengths, (float)scale);
        }
    }

    private static void Forward<TElement, T>(
        Tensor query, Tensor key, Tensor value, Tensor output, IReadOnlyList<int> lengths, float scale, Tensor? queryBias, Tensor? valueBias)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int heads = (int)query.size(1), size = (int)query.size(2), stride = heads * size;
        T* q = TensorPointer.Of<T>(query), k = TensorPointer.Of<T>(key), v = TensorPointer.Of<T>(value), y = TensorPointer.Of<T>(output);
        T* ofQuery = queryBias is null ? null : TensorPointer.Of<T>(queryBias), ofValue = valueBias is null ? null : TensorPointer.Of<T>(valueBias);
        Each(lengths, heads, (start, length, head) =>
        {
            long at = (start * stride) + (head * size);
            int rows = Up(length, Queries), columns = Up(length, 2 * Lanes), width = Up(size, 2 * Lanes);
            fixed (float* memory = KernelScratch.Floats(((long)rows * width) + ((long)width * columns) + ((long)length * width) + (Queries * (columns + width))))
            {
                float* shares = stackalloc float[Queries], queries = memory, keys = queries + ((long)rows * width), values = keys + ((long)width * columns);
                float* scores = values + ((long)length * width), sums = scores + (Queries * columns);
                Pack<TElement, T>(q + at, ofQuery is null ? null : ofQuery + (head * size), stride, length, rows, size, width, scale, queries);
                Turn<TElement, T>(k + at, stride, length, columns, size, keys);
                Pack<TElement, T>(v + at, ofValue is null ? null : ofValue + (head * size), stride, length, length, size, width, 1, values);
                for (int i = 0; i < length; i += Queries)
                {
                    Multiply(queries + ((long)i * width), width, size, keys, columns, scores, columns);
                    Powers(scores, length, columns, shares);
                    Multiply(scores, columns, length, values, width, sums, width);
                    for (int a = 0; a < Math.Min(Queries, length - i); a++)
                    {
                        Store<TElement, T>(sums + (a * width), y + at + ((long)(i + a) * stride), size, shares[a]);
                    }
                }
            }
        });
        GC.KeepAlive(query);
        GC.KeepAlive(key);
        GC.KeepAlive(value);
        GC.KeepAlive(queryBias);
        GC.KeepAlive(valueBias);
    }

    private static void Backward<TElement, T>(Tensor query, Tensor key, Tensor value, Tensor gradient, IReadOnlyList<int> lengths, float scale)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int heads = (int)query.size(1), size = (int)query.size(2), stride = heads * size;
        T* q = TensorPointer.Of<T>(query), k = TensorPointer.Of<T>(key), v = TensorPointer.Of<T>(value), d = TensorPointer.Of<T>(gradient);
        Each(lengths, heads, (start, length, head) =>
        {
            long at = (start * stride) + (head * size);
            int rows = Up(length, Queries), columns = Up(length, 2 * Lanes), width = Up(size, 2 * Lanes);
            long tall = (long)rows * width, turned = (long)width * columns;
            fixed (float* memory = KernelScratch.Floats((5 * tall) + (2 * turned) + (Queries * ((2 * columns) + width))))
            {
                float* shares = stackalloc float[Queries], queries = memory, gradients = queries + tall, keys = gradients + tall, ofKeys = keys + tall, ofValues = ofKeys + tall;
                float* turnedKeys = ofValues + tall, turnedValues = turnedKeys + turned, scores = turnedValues + turned, ofScores = scores + (Queries * columns);
                float* sums = ofScores + (Queries * columns);
                Pack<TElement, T>(q + at, null, stride, length, rows, size, width, scale, queries);
                Pack<TElement, T>(d + at, null, stride, length, rows, size, width, 1, gradients);
                Pack<TElement, T>(k + at, null, stride, length, rows, size, width, 1, keys);
                Turn<TElement, T>(k + at, stride, length, columns, size, turnedKeys);
                Turn<TElement, T>(v + at, stride, length, columns, size, turnedValues);
                new Span<float>(ofKeys, checked((int)(2 * tall))).Clear();
                for (int i = 0; i < length; i += Queries)
                {
                    float* own = queries + ((long)i * width), ofOwn = gradients + ((long)i * width);
                    Multiply(own, width, size, turnedKeys, columns, scores, columns);
                    Multiply(ofOwn, width, size, turnedValues, columns, ofScores, columns);
                    Powers(scores, length, columns, shares);
                    for (int a = 0; a < Queries; a++)
                    {
                        Unsoften(scores + (a * columns), ofScores + (a * columns), columns, shares[a]);
                    }

                    Spread(ofScores, own, columns, length, width, ofKeys);
                    Spread(scores, ofOwn, columns, length, width, ofValues);
                    Multiply(ofScores, columns, length, keys, width, sums, width);
                    for (int a = 0; a < Math.Min(Queries, length - i); a++)
                    {
                        Store<TElement, T>(sums + (a * width), q + at + ((long)(i + a) * stride), size, scale);
                    }
                }

                for (int j = 0; j < length; j++)
                {
                    Store<TElement, T>(ofKeys + ((long)j * width), k + at + ((long)j * stride), size, 1);
                    Store<TElement, T>(ofValues + ((long)j * width), v + at + ((long)j * stride), size, 1);
                }
            }
        });
        GC.KeepAlive(gradient);
    }

    private static void Each(IReadOnlyList<int> lengths, int heads, Action<long, int, int> work)
    {
        long[] starts = new long[lengths.Count];
        for (int row = 1; row < starts.Length; row++)
        {
            starts[row] = starts[row - 1] + lengths[row - 1];
        }

        Team.Run((long)lengths.Count * heads, item => work(starts[item / heads], lengths[(int)(item / heads)], (int)(item % heads)));
    }

    private static int Up(int count, int to) => (count + to - 1) / to * to;

    /// <summary>[length, size] of a head, with its bias where there is one, multiplied, to [rows, width] of float32; zeros beyond.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pack<TElement, T>(T* from, T* bias, int stride, int length, int rows, int size, int width, float scale, float* to)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int step = IKernelElement<T>.Step;
        for (int row = 0; row < length; row++, from += stride, to += width)
        {
            int i = 0;
            for (; i <= size - step; i += step)
            {
                var (low, high) = TElement.Load(from + i);
                if (bias is not null)
                {
                    var (ofLow, ofHigh) = TElement.Load(bias + i);
                    (low, high) = (low + ofLow, high + ofHigh);
                }

                (low * scale).Store(to + i);
                (high * scale).Store(to + i + Vector<float>.Count);
            }

            for (; i < width; i++)
            {
                to[i] = i < size ? (TElement.ToFloat(from[i]) + (bias is null ? 0 : TElement.ToFloat(bias[i]))) * scale : 0;
            }
        }

        new Span<float>(to, (rows - length) * width).Clear();
    }

    /// <summary>[length, size] of a head to [size, columns] of float32; zeros beyond.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn<TElement, T>(T* from, int stride, int length, int columns, int size, float* to)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int column = 0;
        if (Avx.IsSupported && size % Eight == 0)
        {
            for (; column <= length - Eight; column += Eight, from += Eight * (long)stride)
            {
                for (int i = 0; i < size; i += Eight)
                {
                    TurnEight<TElement, T>(from + i, stride, to + ((long)i * columns) + column, columns);
                }
            }
        }

        for (; column < length; column++, from += stride)
        {
            float* target = to + column;
            for (int i = 0; i < size; i++, target += columns)
            {
                *target = TElement.ToFloat(from[i]);
            }
        }

        for (int i = 0; i < size; i++)
        {
            new Span<float>(to + ((long)i * columns) + length, columns - length).Clear();
        }
    }

    // Eight rows of eight, by way of pairs of rows, pairs of pairs, and halves.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TurnEight<TElement, T>(T* from, int stride, float* to, int columns)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        Vector256<float> r0 = TElement.LoadEight(from), r1 = TElement.LoadEight(from += stride), r2 = TElement.LoadEight(from += stride), r3 = TElement.LoadEight(from += stride);
        Vector256<float> r4 = TElement.LoadEight(from += stride), r5 = TElement.LoadEight(from += stride), r6 = TElement.LoadEight(from += stride), r7 = TElement.LoadEight(from + stride);
        Vector256<float> a0 = Avx.UnpackLow(r0, r1), a1 = Avx.UnpackHigh(r0, r1), a2 = Avx.UnpackLow(r2, r3), a3 = Avx.UnpackHigh(r2, r3);
        Vector256<float> a4 = Avx.UnpackLow(r4, r5), a5 = Avx.UnpackHigh(r4, r5), a6 = Avx.UnpackLow(r6, r7), a7 = Avx.UnpackHigh(r6, r7);
        const byte First = 0x44, Second = 0xEE, Lower = 0x20, Upper = 0x31;
        Vector256<float> b0 = Avx.Shuffle(a0, a2, First), b1 = Avx.Shuffle(a0, a2, Second), b2 = Avx.Shuffle(a1, a3, First), b3 = Avx.Shuffle(a1, a3, Second);
        Vector256<float> b4 = Avx.Shuffle(a4, a6, First), b5 = Avx.Shuffle(a4, a6, Second), b6 = Avx.Shuffle(a5, a7, First), b7 = Avx.Shuffle(a5, a7, Second);
        Avx.Permute2x128(b0, b4, Lower).Store(to);
        Avx.Permute2x128(b1, b5, Lower).Store(to += columns);
        Avx.Permute2x128(b2, b6, Lower).Store(to += columns);
        Avx.Permute2x128(b3, b7, Lower).Store(to += columns);
        Avx.Permute2x128(b0, b4, Upper).Store(to += columns);
        Avx.Permute2x128(b1, b5, Upper).Store(to += columns);
        Avx.Permute2x128(b2, b6, Upper).Store(to += columns);
        Avx.Permute2x128(b3, b7, Upper).Store(to + columns);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Store<TElement, T>(float* from, T* to, int size, float scale)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int step = IKernelElement<T>.Step, i = 0;
        for (; i <= size - step; i += step)
        {
            TElement.Store(to + i, Vector.Load(from + i) * scale, Vector.Load(from + i + Vector<float>.Count) * scale);
        }

        for (; i < size; i++)
        {
            to[i] = TElement.FromFloat(from[i] * scale);
        }
    }

    /// <summary>The product of four rows of a, [4, inner], and b, [inner, columns].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply(float* a, int aStride, int inner, float* b, int columns, float* to, int toStride)
    {
        float* a1 = a + aStride, a2 = a1 + aStride, a3 = a2 + aStride;
        for (int column = 0; column < columns; column += 2 * Vector<float>.Count)
        {
            float* at = b + column;
            Vector<float> low0 = Vector<float>.Zero, high0 = low0, low1 = low0, high1 = low0, low2 = low0, high2 = low0, low3 = low0, high3 = low0;
            for (int i = 0; i < inner; i++, at += columns)
            {
                Vector<float> low = Vector.Load(at), high = Vector.Load(at + Vector<float>.Count), one = new(a[i]);
                low0 = Vector.FusedMultiplyAdd(one, low, low0);
                high0 = Vector.FusedMultiplyAdd(one, high, high0);
                one = new(a1[i]);
                low1 = Vector.FusedMultiplyAdd(one, low, low1);
                high1 = Vector.FusedMultiplyAdd(one, high, high1);
                one = new(a2[i]);
                low2 = Vector.FusedMultiplyAdd(one, low, low2);
                high2 = Vector.FusedMultiplyAdd(one, high, high2);
                one = new(a3[i]);
                low3 = Vector.FusedMultiplyAdd(one, low, low3);
                high3 = Vector.FusedMultiplyAdd(one, high, high3);
            }

            float* target = to + column;
            low0.Store(target);
            high0.Store(target + Vector<float>.Count);
            low1.Store(target += toStride);
            high1.Store(target + Vector<float>.Count);
            low2.Store(target += toStride);
            high2.Store(target + Vector<float>.Count);
            low3.Store(target += toStride);
            high3.Store(target + Vector<float>.Count);
        }
    }

    /// <summary>Adds the product of a's columns, [4, length] turned, and b, [4, width], to [length, width].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Spread(float* a, float* b, int aStride, int length, int width, float* to)
    {
        float* a1 = a + aStride, a2 = a1 + aStride, a3 = a2 + aStride;
        for (int column = 0; column < width; column += 2 * Vector<float>.Count)
        {
            float* at = b + column, target = to + column;
            Vector<float> low0 = Vector.Load(at), high0 = Vector.Load(at + Vector<float>.Count);
            Vector<float> low1 = Vector.Load(at += width), high1 = Vector.Load(at + Vector<float>.Count);
            Vector<float> low2 = Vector.Load(at += width), high2 = Vector.Load(at + Vector<float>.Count);
            Vector<float> low3 = Vector.Load(at += width), high3 = Vector.Load(at + Vector<float>.Count);
            for (int i = 0; i < length; i++, target += width)
            {
                Vector<float> low = Vector.Load(target), high = Vector.Load(target + Vector<float>.Count), one = new(a[i]);
                low = Vector.FusedMultiplyAdd(one, low0, low);
                high = Vector.FusedMultiplyAdd(one, high0, high);
                one = new(a1[i]);
                low = Vector.FusedMultiplyAdd(one, low1, low);
                high = Vector.FusedMultiplyAdd(one, high1, high);
                one = new(a2[i]);
                low = Vector.FusedMultiplyAdd(one, low2, low);
                high = Vector.FusedMultiplyAdd(one, high2, high);
                one = new(a3[i]);
                low = Vector.FusedMultiplyAdd(one, low3, low);
                high = Vector.FusedMultiplyAdd(one, high3, high);
                low.Store(target);
                high.Store(target + Vector<float>.Count);
            }
        }
    }

    /// <summary>Four rows become e^(x - its largest), and nothing beyond the length.</summary>
    /// <param name="x">[4, columns].</param>
    /// <param name="length">Columns that count.</param>
    /// <param name="columns">All.</param>
    /// <param name="shares">[4]: one over a row's sum; written.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Powers(float* x, int length, int columns, float* shares)
    {
        int lanes = Vector<float>.Count;
        float* tops = stackalloc float[Queries * lanes], sums = stackalloc float[Queries * lanes];
        var counts = new Vector<float>(length);
        for (int a = 0; a < Queries; a++)
        {
            // One that is no number may be passed over: the sum has it.
            var top = new Vector<float>(float.NegativeInfinity);
            var index = Vector<float>.Indices;
            for (int i = 0; i < columns; i += lanes, index += new Vector<float>(lanes))
            {
                var own = Vector.Load(x + (a * columns) + i);
                top = Vector.MaxNative(top, Vector.ConditionalSelect(Vector.LessThan(index, counts), own, top));
            }

            top.Store(tops + (a * lanes));
        }

        // One lane of all four rows after the other, so that none waits for the one before.
        float* t = tops;
        var (top0, top1, top2, top3) = (t[0], t[lanes], t[2 * lanes], t[3 * lanes]);
        for (int i = 1; i < lanes; i++)
        {
            t++;
            (top0, top1) = (float.MaxNative(top0, t[0]), float.MaxNative(top1, t[lanes]));
            (top2, top3) = (float.MaxNative(top2, t[2 * lanes]), float.MaxNative(top3, t[3 * lanes]));
        }

        (tops[0], tops[1], tops[2], tops[3]) = (top0, top1, top2, top3);
        for (int a = 0; a < Queries; a++)
        {
            Vector<float> largest = new(tops[a]), sum = Vector<float>.Zero, index = Vector<float>.Indices;
            for (int i = 0; i < columns; i += lanes, index += new Vector<float>(lanes))
            {
                float* at = x + (a * columns) + i;
                var power = Vector.ConditionalSelect(Vector.LessThan(index, counts), VectorExp.Of(Vector.Load(at) - largest), Vector<float>.Zero);
                power.Store(at);
                sum += power;
            }

            sum.Store(sums + (a * lanes));
        }

        float* s = sums;
        var (sum0, sum1, sum2, sum3) = (s[0], s[lanes], s[2 * lanes], s[3 * lanes]);
        for (int i = 1; i < lanes; i++)
        {
            s++;
            (sum0, sum1, sum2, sum3) = (sum0 + s[0], sum1 + s[lanes], sum2 + s[2 * lanes], sum3 + s[3 * lanes]);
        }

        (shares[0], shares[1], shares[2], shares[3]) = (1 / sum0, 1 / sum1, 1 / sum2, 1 / sum3);
    }

    /// <summary>p becomes p times its share, d becomes p (d - sum of p d).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Unsoften(float* p, float* d, int columns, float share)
    {
        var sum = Vector<float>.Zero;
        for (int i = 0; i < columns; i += Vector<float>.Count)
        {
            var part = Vector.Load(p + i) * share;
            part.Store(p + i);
            sum = Vector.FusedMultiplyAdd(part, Vector.Load(d + i), sum);
        }

        var mean = new Vector<float>(Vector.Sum(sum));
        for (int i = 0; i < columns; i += Vector<float>.Count)
        {
            (Vector.Load(p + i) * (Vector.Load(d + i) - mean)).Store(d + i);
        }
    }
}
