using System.Numerics;
using System.Runtime.CompilerServices;
using Attune.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>
/// gelu(x + bias) and its gradients, each in one pass over memory, in float32 or bfloat16. <see cref="Gelu.Plain"/> and
/// <see cref="Gelu.PlainGradients"/> are the twins, and do what this cannot.
/// </summary>
internal static unsafe class GeluKernel
{
    // Tokens whose part of the bias's gradient is summed by one thread; the parts are added in their order, however many threads there are.
    private const long Part = 64;

    /// <summary>gelu(x + bias).</summary>
    /// <param name="input">[tokens, width].</param>
    /// <param name="bias">[width].</param>
    public static Tensor Forward(Tensor input, Tensor bias)
    {
        if (!TensorPointer.Suit(input, bias))
        {
            using var scope = NewDisposeScope();
            return Gelu.Plain(input, bias).MoveToOuterDisposeScope();
        }

        var output = empty_like(input);
        if (input.dtype == ScalarType.Float32)
        {
            Forward<Float32Element, float>(input, bias, output);
        }
        else
        {
            Forward<BFloat16Element, ushort>(input, bias, output);
        }

        return output;
    }

    /// <summary>The gradients of input and bias.</summary>
    /// <param name="input">[tokens, width]; its memory may be taken for its gradient.</param>
    /// <param name="bias">[width].</param>
    /// <param name="gradient">Of the output.</param>
    public static (Tensor Input, Tensor Bias) Backward(Tensor input, Tensor bias, Tensor gradient)
    {
        if (!TensorPointer.Suit(input, bias, gradient))
        {
            return Gelu.PlainGradients(input, bias, gradient);
        }

        long width = bias.size(0), tokens = input.numel() / width;
        var parts = empty([(tokens + Part - 1) / Part, width], dtype: float32, device: input.device);
        if (input.dtype == ScalarType.Float32)
        {
            Backward<Float32Element, float>(input, bias, gradient, parts);
        }
        else
        {
            Backward<BFloat16Element, ushort>(input, bias, gradient, parts);
        }

        return (input.detach(), Precision.As(parts.sum([0L]), bias.dtype));
    }

    private static void Forward<TElement, T>(Tensor input, Tensor bias, Tensor output)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int width = (int)bias.size(0);
        T* x = TensorPointer.Of<T>(input), b = TensorPointer.Of<T>(bias), y = TensorPointer.Of<T>(output);
        KernelTokens.Each(input.numel() / width, token => Activate<TElement, T>(x + (token * width), b, y + (token * width), width));
        GC.KeepAlive(input);
        GC.KeepAlive(bias);
    }

    private static void Backward<TElement, T>(Tensor input, Tensor bias, Tensor gradient, Tensor parts)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int width = (int)bias.size(0);
        long tokens = input.numel() / width;
        T* x = TensorPointer.Of<T>(input), b = TensorPointer.Of<T>(bias), d = TensorPointer.Of<T>(gradient);
        float* sums = TensorPointer.Of<float>(parts);
        Team.Run(parts.size(0), part =>
        {
            float* sum = sums + (part * width);
            new Span<float>(sum, width).Clear();
            for (long token = part * Part; token < Math.Min((part + 1) * Part, tokens); token++)
            {
                Differentiate<TElement, T>(x + (token * width), b, d + (token * width), sum, width);
            }
        });
        GC.KeepAlive(input);
        GC.KeepAlive(bias);
        GC.KeepAlive(gradient);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Activate<TElement, T>(T* x, T* b, T* y, int width)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int step = IKernelElement<T>.Step, i = 0;
        for (; i <= width - step; i += step)
        {
            var (low, high) = TElement.LoadPairs(x + i);
            var (bLow, bHigh) = TElement.LoadPairs(b + i);
            low += bLow;
            high += bHigh;
            TElement.StorePairs(y + i, low * Share(low), high * Share(high));
        }

        for (; i < width; i++)
        {
            var value = new Vector<float>(TElement.ToFloat(x[i]) + TElement.ToFloat(b[i]));
            y[i] = TElement.FromFloat((value * Share(value))[0]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Differentiate<TElement, T>(T* x, T* b, T* d, float* sum, int width)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int step = IKernelElement<T>.Step, i = 0;
        for (; i <= width - step; i += step)
        {
            var (low, high) = TElement.Load(x + i);
            var (bLow, bHigh) = TElement.Load(b + i);
            var (dLow, dHigh) = TElement.Load(d + i);
            low = Slope(low + bLow) * dLow;
            high = Slope(high + bHigh) * dHigh;
            TElement.Store(x + i, low, high);
            (Vector.Load(sum + i) + low).Store(sum + i);
            (Vector.Load(sum + i + Vector<float>.Count) + high).Store(sum + i + Vector<float>.Count);
        }

        for (; i < width; i++)
        {
            float slope = Slope(new Vector<float>(TElement.ToFloat(x[i]) + TElement.ToFloat(b[i])))[0] * TElement.ToFloat(d[i]);
            x[i] = TElement.FromFloat(slope);
            sum[i] += slope;
        }
    }

    // The normal distribution's share below x, (1 + erf(x / sqrt 2)) / 2: wrong by 7e-9 at most, and by 1.4e-7 as float32 computes it, which is erf's own.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Share(Vector<float> x) => HalfAndOdd(
        x, 5.5f, 0.398942232f, 3.38523351e-2f, 4.67723701e-3f, 1.68821905e-4f, 6.35203924e-6f, 2.27493242e-8f,
        0.25152114f, 2.86456812e-2f, 1.88442378e-3f, 7.36460133e-5f, 1.19749689e-6f);

    // d x Share(x) = Share(x) + x e^(-x^2 / 2) / sqrt(2 pi): 1.1e-7; 5e-7 in float32.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Slope(Vector<float> x) => HalfAndOdd(
        x, 5.6f, 0.797885001f, -3.0975353e-2f, 1.42260641e-2f, 1.97510799e-5f, 3.58993093e-5f, 1.92167647e-7f,
        0.294519573f, 4.09837402e-2f, 3.52263777e-3f, 1.92051855e-4f, 8.92818571e-6f);

    // A half and an odd function of x, x times a quotient of polynomials of x^2, fitted to have the smallest largest error. From the bound on it stays
    // what it is there: 0 or 1, to the last bit.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> HalfAndOdd(
        Vector<float> x, float bound, float p0, float p1, float p2, float p3, float p4, float p5, float q1, float q2, float q3, float q4, float q5)
    {
        // Of one that is no number the second is given, so that it stays none.
        x = Vector.MinNative(new Vector<float>(bound), Vector.MaxNative(new Vector<float>(-bound), x));
        var t = x * x;
        var p = Vector.FusedMultiplyAdd(new Vector<float>(p5), t, new Vector<float>(p4));
        p = Vector.FusedMultiplyAdd(p, t, new Vector<float>(p3));
        p = Vector.FusedMultiplyAdd(p, t, new Vector<float>(p2));
        p = Vector.FusedMultiplyAdd(p, t, new Vector<float>(p1));
        p = Vector.FusedMultiplyAdd(p, t, new Vector<float>(p0));
        var q = Vector.FusedMultiplyAdd(new Vector<float>(q5), t, new Vector<float>(q4));
        q = Vector.FusedMultiplyAdd(q, t, new Vector<float>(q3));
        q = Vector.FusedMultiplyAdd(q, t, new Vector<float>(q2));
        q = Vector.FusedMultiplyAdd(q, t, new Vector<float>(q1));
        q = Vector.FusedMultiplyAdd(q, t, Vector<float>.One);
        return (x * p / q) + new Vector<float>(0.5f);
    }
}
