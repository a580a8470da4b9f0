using System.Numerics;
using Attune.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>
/// Turns queries or keys in one pass over memory, in float32 or bfloat16; with the sines negated it turns their gradient back.
/// <see cref="RotaryTables.Plain"/> is its twin, and does what this cannot.
/// </summary>
internal static unsafe class RotaryKernel
{
    /// <summary>Turns.</summary>
    /// <param name="input">[tokens, heads, head size].</param>
    /// <param name="cos">[tokens, 1, half of the head].</param>
    /// <param name="sin">As <paramref name="cos"/>.</param>
    public static Tensor Forward(Tensor input, Tensor cos, Tensor sin)
    {
        if (!TensorPointer.Suit(input, cos, sin))
        {
            using var scope = NewDisposeScope();
            return RotaryTables.Plain(input, cos, sin).MoveToOuterDisposeScope();
        }

        var output = empty_like(input);
        if (input.dtype == ScalarType.Float32)
        {
            Turn<Float32Element, float>(input, cos, sin, output);
        }
        else
        {
            Turn<BFloat16Element, ushort>(input, cos, sin, output);
        }

        return output;
    }

    private static void Turn<TElement, T>(Tensor input, Tensor cos, Tensor sin, Tensor output)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int heads = (int)input.size(1), half = (int)input.size(2) / 2;
        T* x = TensorPointer.Of<T>(input), y = TensorPointer.Of<T>(output), c = TensorPointer.Of<T>(cos), s = TensorPointer.Of<T>(sin);
        void OfToken(long token)
        {
            long at = token * heads * 2 * half;
            for (int head = 0; head < heads; head++, at += 2 * half)
            {
                Turn<TElement, T>(x + at, c + (token * half), s + (token * half), y + at, half);
            }
        }

        KernelTokens.Each(input.size(0), OfToken);
        GC.KeepAlive(input);
        GC.KeepAlive(cos);
        GC.KeepAlive(sin);
    }

    private static void Turn<TElement, T>(T* x, T* c, T* s, T* y, int half)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int step = IKernelElement<T>.Step, i = 0;
        for (; i <= half - step; i += step)
        {
            var (firstLow, firstHigh) = TElement.LoadPairs(x + i);
            var (secondLow, secondHigh) = TElement.LoadPairs(x + half + i);
            var (cosLow, cosHigh) = TElement.LoadPairs(c + i);
            var (sinLow, sinHigh) = TElement.LoadPairs(s + i);
            TElement.StorePairs(y + i, (firstLow * cosLow) - (secondLow * sinLow), (firstHigh * cosHigh) - (secondHigh * sinHigh));
            TElement.StorePairs(y + half + i, (secondLow * cosLow) + (firstLow * sinLow), (secondHigh * cosHigh) + (firstHigh * sinHigh));
        }

        for (; i < half; i++)
        {
            float first = TElement.ToFloat(x[i]), second = TElement.ToFloat(x[half + i]), cos = TElement.ToFloat(c[i]), sin = TElement.ToFloat(s[i]);
            y[i] = TElement.FromFloat((first * cos) - (second * sin));
            y[half + i] = TElement.FromFloat((second * cos) + (first * sin));
        }
    }
}
