using System.Numerics;
using Attune.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>
/// RmsNorm and its input's gradient, each in one pass over memory, in float32 or bfloat16 with float32 statistics. <see cref="RmsNorm.Plain"/>
/// and <see cref="RmsNorm.PlainGradient"/> are the twins, and do what this cannot.
/// </summary>
internal static unsafe class RmsNormKernel
{
    /// <summary>x / sqrt(mean(x^2) + eps) * weight.</summary>
    /// <param name="input">[tokens, width].</param>
    /// <param name="weight">[width].</param>
    /// <param name="epsilon">What is added to the mean square.</param>
    public static Tensor Forward(Tensor input, Tensor weight, double epsilon)
    {
        if (!TensorPointer.Suit(input, weight))
        {
            using var scope = NewDisposeScope();
            return RmsNorm.Plain(input, weight, epsilon).MoveToOuterDisposeScope();
        }

        var output = empty_like(input);
        if (input.dtype == ScalarType.Float32)
        {
            Forward<Float32Element, float>(input, weight, output, epsilon);
        }
        else
        {
            Forward<BFloat16Element, ushort>(input, weight, output, epsilon);
        }

        return output;
    }

    /// <summary>The gradient of the input.</summary>
    /// <param name="input">[tokens, width].</param>
    /// <param name="weight">[width].</param>
    /// <param name="gradient">Of the output.</param>
    /// <param name="epsilon">What is added to the mean square.</param>
    public static Tensor Backward(Tensor input, Tensor weight, Tensor gradient, double epsilon)
    {
        if (!TensorPointer.Suit(input, weight, gradient))
        {
            return RmsNorm.PlainGradient(input, weight, gradient, epsilon);
        }

        var output = empty_like(input);
        if (input.dtype == ScalarType.Float32)
        {
            Backward<Float32Element, float>(input, weight, gradient, output, epsilon);
        }
        else
        {
            Backward<BFloat16Element, ushort>(input, weight, gradient, output, epsilon);
        }

        return output;
    }

    private static void Forward<TElement, T>(Tensor input, Tensor weight, Tensor output, double epsilon)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int width = (int)weight.size(0);
        T* x = TensorPointer.Of<T>(input), y = TensorPointer.Of<T>(output), w = TensorPointer.Of<T>(weight);
        KernelTokens.Each(input.numel() / width, token =>
        {
            long at = token * width;
            Scale<TElement, T>(x + at, w, y + at, width, InverseRoot<TElement, T>(x + at, width, epsilon));
        });
        GC.KeepAlive(input);
        GC.KeepAlive(weight);
    }

    private static void Backward<TElement, T>(Tensor input, Tensor weight, Tensor gradient, Tensor output, double epsilon)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int width = (int)weight.size(0);
        T* x = TensorPointer.Of<T>(input), d = TensorPointer.Of<T>(gradient), y = TensorPointer.Of<T>(output), w = TensorPointer.Of<T>(weight);
        KernelTokens.Each(input.numel() / width, token =>
        {
            long at = token * width;
            float scale = InverseRoot<TElement, T>(x + at, width, epsilon);
            float mean = Dot<TElement, T>(d + at, w, x + at, width) * scale / width;
            Combine<TElement, T>(x + at, d + at, w, y + at, width, scale, scale * scale * mean);
        });
        GC.KeepAlive(input);
        GC.KeepAlive(weight);
        GC.KeepAlive(gradient);
    }

    private static float InverseRoot<TElement, T>(T* x, int width, double epsilon)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int step = IKernelElement<T>.Step, i = 0;
        Vector<float> low = Vector<float>.Zero, high = Vector<float>.Zero;
        for (; i <= width - step; i += step)
        {
            var (first, second) = TElement.LoadPairs(x + i);
            low += first * first;
            high += second * second;
        }

        float sum = Vector.Sum(low + high);
        for (; i < width; i++)
        {
            sum += TElement.ToFloat(x[i]) * TElement.ToFloat(x[i]);
        }

        return 1 / MathF.Sqrt((sum / width) + (float)epsilon);
    }

    private static float Dot<TElement, T>(T* a, T* b, T* c, int width)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int step = IKernelElement<T>.Step, i = 0;
        Vector<float> low = Vector<float>.Zero, high = Vector<float>.Zero;
        for (; i <= width - step; i += step)
        {
            var (aLow, aHigh) = TElement.LoadPairs(a + i);
            var (bLow, bHigh) = TElement.LoadPairs(b + i);
            var (cLow, cHigh) = TElement.LoadPairs(c + i);
            low += aLow * bLow * cLow;
            high += aHigh * bHigh * cHigh;
        }

        float sum = Vector.Sum(low + high);
        for (; i < width; i++)
        {
            sum += TElement.ToFloat(a[i]) * TElement.ToFloat(b[i]) * TElement.ToFloat(c[i]);
        }

        return sum;
    }

    private static void Scale<TElement, T>(T* x, T* w, T* y, int width, float scale)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int step = IKernelElement<T>.Step, i = 0;
        for (; i <= width - step; i += step)
        {
            var (low, high) = TElement.LoadPairs(x + i);
            var (wLow, wHigh) = TElement.LoadPairs(w + i);
            TElement.StorePairs(y + i, low * scale * wLow, high * scale * wHigh);
        }

        for (; i < width; i++)
        {
            y[i] = TElement.FromFloat(TElement.ToFloat(x[i]) * scale * TElement.ToFloat(w[i]));
        }
    }

    // d w scale - x of: what the mean square of the whole token takes back.
    private static void Combine<TElement, T>(T* x, T* d, T* w, T* y, int width, float scale, float of)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int step = IKernelElement<T>.Step, i = 0;
        for (; i <= width - step; i += step)
        {
            var (low, high) = TElement.LoadPairs(x + i);
            var (dLow, dHigh) = TElement.LoadPairs(d + i);
            var (wLow, wHigh) = TElement.LoadPairs(w + i);
            TElement.StorePairs(y + i, (dLow * wLow * scale) - (low * of), (dHigh * wHigh * scale) - (high * of));
        }

        for (; i < width; i++)
        {
            y[i] = TElement.FromFloat((TElement.ToFloat(d[i]) * TElement.ToFloat(w[i]) * scale) - (TElement.ToFloat(x[i]) * of));
        }
    }
}
