using System.Numerics;
using Attune.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>RmsNorm without gradients in one pass over memory. <see cref="RmsNorm.Plain"/> is its twin, and does what this cannot.</summary>
internal static unsafe class RmsNormKernel
{
    /// <summary>x / sqrt(mean(x^2) + eps) * weight.</summary>
    /// <param name="input">[tokens, width].</param>
    /// <param name="weight">[width].</param>
    /// <param name="epsilon">What is added to the mean square.</param>
    public static Tensor Forward(Tensor input, Tensor weight, double epsilon)
    {
        if (input.dtype != ScalarType.Float32 || weight.dtype != ScalarType.Float32 || !TensorPointer.IsReachable(input) || !TensorPointer.IsReachable(weight))
        {
            using var scope = NewDisposeScope();
            return RmsNorm.Plain(input, weight, epsilon).MoveToOuterDisposeScope();
        }

        var output = empty_like(input);
        int width = (int)weight.shape[0];
        long tokens = input.numel() / width;
        float* x = TensorPointer.Of<float>(input), y = TensorPointer.Of<float>(output), w = TensorPointer.Of<float>(weight);
        if (tokens < 64)
        {
            for (long token = 0; token < tokens; token++)
            {
                Row(x + (token * width), w, y + (token * width), width, epsilon);
            }
        }
        else
        {
            Parallel.For(0, tokens, token => Row(x + (token * width), w, y + (token * width), width, epsilon));
        }

        GC.KeepAlive(input);
        return output;
    }

    private static void Row(float* x, float* w, float* y, int width, double epsilon)
    {
        int step = Vector<float>.Count, i = 0;
        var squares = Vector<float>.Zero;
        for (; i <= width - step; i += step)
        {
            var value = Vector.Load(x + i);
            squares += value * value;
        }

        float sum = Vector.Sum(squares);
        for (; i < width; i++)
        {
            sum += x[i] * x[i];
        }

        float scale = 1 / MathF.Sqrt((sum / width) + (float)epsilon);
        for (i = 0; i <= width - step; i += step)
        {
            (Vector.Load(x + i) * scale * Vector.Load(w + i)).Store(y + i);
        }

        for (; i < width; i++)
        {
            y[i] = x[i] * scale * w[i];
        }
    }
}
