using System.Numerics;
using Attune.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>Turns queries or keys without gradients in one pass over memory. <see cref="RotaryTables.Plain"/> is its twin, and does what this cannot.</summary>
internal static unsafe class RotaryKernel
{
    /// <summary>Turns.</summary>
    /// <param name="input">[tokens, heads, head size].</param>
    /// <param name="cos">[tokens, 1, half of the head].</param>
    /// <param name="sin">As <paramref name="cos"/>.</param>
    public static Tensor Forward(Tensor input, Tensor cos, Tensor sin)
    {
        if (input.dtype != ScalarType.Float32 || cos.dtype != ScalarType.Float32 || !TensorPointer.IsReachable(input) || !TensorPointer.IsReachable(cos) || !TensorPointer.IsReachable(sin))
        {
            using var scope = NewDisposeScope();
            return RotaryTables.Plain(input, cos, sin).MoveToOuterDisposeScope();
        }

        var output = empty_like(input);
        long[] shape = input.shape;
        int heads = (int)shape[1], half = (int)shape[2] / 2;
        float* x = TensorPointer.Of<float>(input), y = TensorPointer.Of<float>(output), c = TensorPointer.Of<float>(cos), s = TensorPointer.Of<float>(sin);
        for (long token = 0; token < shape[0]; token++, c += half, s += half)
        {
            for (int head = 0; head < heads; head++, x += 2 * half, y += 2 * half)
            {
                Turn(x, c, s, y, half);
            }
        }

        GC.KeepAlive(input);
        GC.KeepAlive(cos);
        GC.KeepAlive(sin);
        return output;
    }

    private static void Turn(float* x, float* c, float* s, float* y, int half)
    {
        int step = Vector<float>.Count, i = 0;
        for (; i <= half - step; i += step)
        {
            Vector<float> first = Vector.Load(x + i), second = Vector.Load(x + half + i), cos = Vector.Load(c + i), sin = Vector.Load(s + i);
            ((first * cos) - (second * sin)).Store(y + i);
            ((second * cos) + (first * sin)).Store(y + half + i);
        }

        for (; i < half; i++)
        {
            y[i] = (x[i] * c[i]) - (x[half + i] * s[i]);
            y[half + i] = (x[half + i] * c[i]) + (x[i] * s[i]);
        }
    }
}
