using System.Numerics;
using System.Runtime.CompilerServices;
using Attune.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>
/// The norm of a sum and its gradients, each in one pass over memory, in float32 or bfloat16 with float32 statistics. <see cref="LayerNorm.Plain"/>
/// and <see cref="LayerNorm.PlainGradients"/> are the twins, and do what this cannot.
/// </summary>
internal static unsafe class LayerNormKernel
{
    // Tokens whose part of the parameters' gradients is summed by one thread; the parts are added in their order, however many threads there are.
    private const long Part = 64;

    /// <summary>Normalises input + bias + before.</summary>
    /// <param name="input">[tokens, width]; the sum is put into its memory where there is something to add.</param>
    /// <param name="bias">[width]; null: none.</param>
    /// <param name="before">As <paramref name="input"/>; null: none.</param>
    /// <param name="weight">[width].</param>
    /// <param name="shift">[width].</param>
    /// <param name="epsilon">What is added to the variance.</param>
    public static Tensor Forward(Tensor input, Tensor? bias, Tensor? before, Tensor weight, Tensor shift, double epsilon)
    {
        if (!TensorPointer.Suit(input, bias ?? input, before ?? input, weight, shift))
        {
            using var scope = NewDisposeScope();
            return LayerNorm.Plain(LayerNorm.PlainSum(input, bias, before), weight, shift, epsilon).MoveToOuterDisposeScope();
        }

        var output = empty_like(input);
        if (input.dtype == ScalarType.Float32)
        {
            Forward<Float32Element, float>(input, bias, before, weight, shift, output, epsilon);
        }
        else
        {
            Forward<BFloat16Element, ushort>(input, bias, before, weight, shift, output, epsilon);
        }

        return output;
    }

    /// <summary>The gradients.</summary>
    /// <param name="sum">What was normalised.</param>
    /// <param name="weight">[width].</param>
    /// <param name="gradient">Of the output.</param>
    /// <param name="epsilon">What is added to the variance.</param>
    /// <param name="inPlace">Whether the memory of <paramref name="sum"/> is taken for its gradient.</param>
    /// <returns>Of the sum; and [width] each, of weight and shift, and of all tokens' sums together: a bias's.</returns>
    public static (Tensor Sum, Tensor Weight, Tensor Shift, Tensor Bias) Backward(Tensor sum, Tensor weight, Tensor gradient, double epsilon, bool inPlace)
    {
        if (!TensorPointer.Suit(sum, weight, gradient))
        {
            return LayerNorm.PlainGradients(sum, weight, gradient, epsilon);
        }

        long width = weight.size(0), tokens = sum.numel() / width;
        var output = inPlace ? sum.detach() : empty_like(sum);
        var parts = empty([(tokens + Part - 1) / Part, 3, width], dtype: float32, device: sum.device);
        if (sum.dtype == ScalarType.Float32)
        {
            Backward<Float32Element, float>(sum, weight, gradient, output, parts, epsilon);
        }
        else
        {
            Backward<BFloat16Element, ushort>(sum, weight, gradient, output, parts, epsilon);
        }

        var all = Precision.As(parts.sum([0L]), weight.dtype);
        return (output, all[0], all[1], all[2]);
    }

    private static void Forward<TElement, T>(Tensor input, Tensor? bias, Tensor? before, Tensor weight, Tensor shift, Tensor output, double epsilon)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int width = (int)weight.size(0);
        T* x = TensorPointer.Of<T>(input), w = TensorPointer.Of<T>(weight), s = TensorPointer.Of<T>(shift), y = TensorPointer.Of<T>(output);
        T* b = bias is null ? null : TensorPointer.Of<T>(bias), r = before is null ? null : TensorPointer.Of<T>(before);
        KernelTokens.Each(input.numel() / width, token =>
        {
            long at = token * width;
            Add<TElement, T>(x + at, b, r is null ? null : r + at, width);
            var (mean, scale) = Statistics<TElement, T>(x + at, width, epsilon);
            Normalise<TElement, T>(x + at, w, s, y + at, width, mean, scale);
        });
        GC.KeepAlive(input);
        GC.KeepAlive(bias);
        GC.KeepAlive(before);
        GC.KeepAlive(weight);
        GC.KeepAlive(shift);
    }

    private static void Backward<TElement, T>(Tensor sum, Tensor weight, Tensor gradient, Tensor output, Tensor parts, double epsilon)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int width = (int)weight.size(0);
        long tokens = sum.numel() / width;
        T* x = TensorPointer.Of<T>(sum), w = TensorPointer.Of<T>(weight), d = TensorPointer.Of<T>(gradient), y = TensorPointer.Of<T>(output);
        float* sums = TensorPointer.Of<float>(parts);
        Team.Run(parts.size(0), part =>
        {
            float* own = sums + (part * 3 * width);
            new Span<float>(own, 3 * width).Clear();
            for (long token = part * Part; token < Math.Min((part + 1) * Part, tokens); token++)
            {
                long at = token * width;
                var (mean, scale) = Statistics<TElement, T>(x + at, width, epsilon);
                var (ofMean, ofScale) = Shares<TElement, T>(x + at, w, d + at, own, width, mean, scale);
                Combine<TElement, T>(x + at, w, d + at, y + at, own + (2 * width), width, mean, scale, ofMean, ofScale);
            }
        });
        GC.KeepAlive(sum);
        GC.KeepAlive(weight);
        GC.KeepAlive(gradient);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<TElement, T>(T* x, T* b, T* r, int width)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        if (b is null && r is null)
        {
            return;
        }

        int step = IKernelElement<T>.Step, i = 0;
        for (; i <= width - step; i += step)
        {
            var (low, high) = TElement.LoadPairs(x + i);
            if (b is not null)
            {
                var (bLow, bHigh) = TElement.LoadPairs(b + i);
                (low, high) = (low + bLow, high + bHigh);
            }

            if (r is not null)
            {
                var (rLow, rHigh) = TElement.LoadPairs(r + i);
                (low, high) = (low + rLow, high + rHigh);
            }

            TElement.StorePairs(x + i, low, high);
        }

        for (; i < width; i++)
        {
            x[i] = TElement.FromFloat(TElement.ToFloat(x[i]) + (b is null ? 0 : TElement.ToFloat(b[i])) + (r is null ? 0 : TElement.ToFloat(r[i])));
        }
    }

    /// <summary>The mean, and 1 / sqrt(variance + epsilon).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (float Mean, float Scale) Statistics<TElement, T>(T* x, int width, double epsilon)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int step = IKernelElement<T>.Step, i = 0;
        Vector<float> low = Vector<float>.Zero, high = Vector<float>.Zero;
        for (; i <= width - step; i += step)
        {
            var (first, second) = TElement.LoadPairs(x + i);
            low += first;
            high += second;
        }

        float sum = Vector.Sum(low + high);
        for (; i < width; i++)
        {
            sum += TElement.ToFloat(x[i]);
        }

        float mean = sum / width;
        var middle = new Vector<float>(mean);
        low = high = Vector<float>.Zero;
        for (i = 0; i <= width - step; i += step)
        {
            var (first, second) = TElement.LoadPairs(x + i);
            first -= middle;
            second -= middle;
            low += first * first;
            high += second * second;
        }

        float squares = Vector.Sum(low + high);
        for (; i < width; i++)
        {
            float off = TElement.ToFloat(x[i]) - mean;
            squares += off * off;
        }

        return (mean, (float)(1 / Math.Sqrt((squares / width) + epsilon)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Normalise<TElement, T>(T* x, T* w, T* s, T* y, int width, float mean, float scale)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int step = IKernelElement<T>.Step, i = 0;
        var middle = new Vector<float>(mean);
        for (; i <= width - step; i += step)
        {
            var (low, high) = TElement.LoadPairs(x + i);
            var (wLow, wHigh) = TElement.LoadPairs(w + i);
            var (sLow, sHigh) = TElement.LoadPairs(s + i);
            TElement.StorePairs(y + i, Vector.FusedMultiplyAdd((low - middle) * scale, wLow, sLow), Vector.FusedMultiplyAdd((high - middle) * scale, wHigh, sHigh));
        }

        for (; i < width; i++)
        {
            y[i] = TElement.FromFloat(((TElement.ToFloat(x[i]) - mean) * scale * TElement.ToFloat(w[i])) + TElement.ToFloat(s[i]));
        }
    }

    /// <summary>The means of d w and of d w times the normed values; adds to the gradients of weight and shift.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (float OfMean, float OfScale) Shares<TElement, T>(T* x, T* w, T* d, float* sums, int width, float mean, float scale)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int step = IKernelElement<T>.Step, half = Vector<float>.Count, i = 0;
        var middle = new Vector<float>(mean);
        Vector<float> plain = Vector<float>.Zero, normed = Vector<float>.Zero;
        for (; i <= width - step; i += step)
        {
            var (low, high) = TElement.Load(x + i);
            var (wLow, wHigh) = TElement.Load(w + i);
            var (dLow, dHigh) = TElement.Load(d + i);
            low = (low - middle) * scale;
            high = (high - middle) * scale;
            Vector.FusedMultiplyAdd(dLow, low, Vector.Load(sums + i)).Store(sums + i);
            Vector.FusedMultiplyAdd(dHigh, high, Vector.Load(sums + i + half)).Store(sums + i + half);
            (Vector.Load(sums + width + i) + dLow).Store(sums + width + i);
            (Vector.Load(sums + width + i + half) + dHigh).Store(sums + width + i + half);
            dLow *= wLow;
            dHigh *= wHigh;
            plain += dLow + dHigh;
            normed += (dLow * low) + (dHigh * high);
        }

        float ofMean = Vector.Sum(plain), ofScale = Vector.Sum(normed);
        for (; i < width; i++)
        {
            float value = (TElement.ToFloat(x[i]) - mean) * scale, of = TElement.ToFloat(d[i]), weighted = of * TElement.ToFloat(w[i]);
            sums[i] += of * value;
            sums[width + i] += of;
            ofMean += weighted;
            ofScale += weighted * value;
        }

        return (ofMean / width, ofScale / width);
    }

    // scale (d w - its mean - normed times its mean with that): what mean and variance of the whole token take back.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Combine<TElement, T>(T* x, T* w, T* d, T* y, float* sum, int width, float mean, float scale, float ofMean, float ofScale)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int step = IKernelElement<T>.Step, half = Vector<float>.Count, i = 0;
        Vector<float> middle = new(mean), back = new(ofMean);
        for (; i <= width - step; i += step)
        {
            var (low, high) = TElement.Load(x + i);
            var (wLow, wHigh) = TElement.Load(w + i);
            var (dLow, dHigh) = TElement.Load(d + i);
            low = ((dLow * wLow) - back - ((low - middle) * scale * ofScale)) * scale;
            high = ((dHigh * wHigh) - back - ((high - middle) * scale * ofScale)) * scale;
            TElement.Store(y + i, low, high);
            (Vector.Load(sum + i) + low).Store(sum + i);
            (Vector.Load(sum + i + half) + high).Store(sum + i + half);
        }

        for (; i < width; i++)
        {
            float value = ((TElement.ToFloat(d[i]) * TElement.ToFloat(w[i])) - ofMean - ((TElement.ToFloat(x[i]) - mean) * scale * ofScale)) * scale;
            y[i] = TElement.FromFloat(value);
            sum[i] += value;
        }
    }
}
