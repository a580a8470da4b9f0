using System.Numerics;
using Attune.Native;
using Attune.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Objectives;

/// <summary>
/// Losses of a chunk of logits, and the logits turned into their gradient in place: read from memory once and written once.
/// <see cref="Plain"/> does the same with TorchSharp's operators, anywhere.
/// </summary>
internal static unsafe class CrossEntropyKernel
{
    // Float32 sums are carried on in double after so many vectors.
    private const int Block = 128;

    /// <summary>Computes the losses and, where asked for, the gradient of their sum.</summary>
    /// <param name="logits">[rows, vocabulary]: float32, bfloat16 or float16; overwritten by the gradient, or by nothing useful.</param>
    /// <param name="targets">[rows], int64.</param>
    /// <param name="losses">[rows], float32: written.</param>
    /// <param name="options">What is computed.</param>
    /// <param name="gradient">Whether the gradient is wanted.</param>
    public static void Losses(Tensor logits, Tensor targets, Tensor losses, CrossEntropyOptions options, bool gradient)
    {
        if (!TensorPointer.IsReachable(logits) || !TensorPointer.IsReachable(targets) || logits.dtype is not (ScalarType.Float32 or ScalarType.BFloat16))
        {
            Plain(logits, targets, losses, options, gradient);
            return;
        }

        int vocabulary = checked((int)logits.size(1)), rows = checked((int)logits.size(0));
        long* target = TensorPointer.Of<long>(targets);
        float* loss = TensorPointer.Of<float>(losses);
        for (int row = 0; row < rows; row++)
        {
            if ((ulong)target[row] >= (ulong)vocabulary)
            {
                throw new ArgumentOutOfRangeException(nameof(targets), target[row], $"A target is outside the vocabulary of {vocabulary}.");
            }
        }

        if (logits.dtype == ScalarType.Float32)
        {
            float* values = TensorPointer.Of<float>(logits);
            Team.Run(rows, row => loss[row] = Row(values + row * vocabulary, vocabulary, (int)target[row], options, gradient));
        }
        else
        {
            ushort* values = TensorPointer.Of<ushort>(logits);
            Team.Run(rows, row =>
            {
                ushort* narrow = values + row * vocabulary;
                fixed (float* wide = KernelScratch.Floats(vocabulary))
                {
                    KernelNumbers.Read<BFloat16Element, ushort>(narrow, wide, vocabulary);
                    loss[row] = Row(wide, vocabulary, (int)target[row], options, gradient);
                    if (gradient)
                    {
                        KernelNumbers.Write<BFloat16Element, ushort>(wide, narrow, vocabulary);
                    }
                }
            });
        }

        GC.KeepAlive(logits);
        GC.KeepAlive(targets);
        GC.KeepAlive(losses);
    }

    /// <summary>The same with TorchSharp's operators.</summary>
    internal static void Plain(Tensor logits, Tensor targets, Tensor losses, CrossEntropyOptions options, bool gradient)
    {
        using var scope = NewDisposeScope();
        Tensor wide = logits.to(ScalarType.Float32), target = targets.unsqueeze(1);
        Tensor normalizer = wide.logsumexp(-1, keepdim: true);
        Tensor loss = (normalizer - wide.gather(1, target)) * (1 - options.LabelSmoothing)
            + (normalizer - wide.mean([-1], keepdim: true)) * options.LabelSmoothing + normalizer.square() * options.ZLoss;
        losses.copy_(loss.squeeze(1));
        if (gradient)
        {
            Tensor slope = (wide - normalizer).exp_() * (normalizer * (2 * options.ZLoss) + 1) - options.LabelSmoothing / logits.size(1);
            logits.copy_(slope.scatter_add_(1, target, full_like(target, options.LabelSmoothing - 1, dtype: ScalarType.Float32, device: logits.device)));
        }
    }

    private static float Row(float* logits, int count, int target, CrossEntropyOptions options, bool gradient)
    {
        (float largest, double total) = LargestAndTotal(logits, count, options.LabelSmoothing != 0);
        double atTarget = logits[target];
        double sum = Exponentials(logits, count, largest, gradient);
        double normalizer = largest + Math.Log(sum);
        double smoothing = options.LabelSmoothing;
        if (gradient)
        {
            float scale = (float)((1 + 2 * options.ZLoss * normalizer) / sum);
            ScaleAndShift(logits, count, scale, (float)(-smoothing / count));
            logits[target] -= (float)(1 - smoothing);
        }

        double loss = (1 - smoothing) * (normalizer - atTarget) + options.ZLoss * normalizer * normalizer;
        return (float)(smoothing == 0 ? loss : loss + smoothing * (normalizer - total / count));
    }

    private static (float Largest, double Total) LargestAndTotal(float* values, int count, bool wantsTotal)
    {
        int width = Vector<float>.Count, i = 0;
        float largest = float.NegativeInfinity;
        double total = 0;
        var most = new Vector<float>(float.NegativeInfinity);
        if (wantsTotal)
        {
            while (i <= count - width)
            {
                Vector<float> part = default;
                int end = Math.Min(count - width, i + (Block - 1) * width);
                for (; i <= end; i += width)
                {
                    Vector<float> value = Vector.Load(values + i);
                    most = Vector.Max(most, value);
                    part += value;
                }

                total += Vector.Sum(part);
            }
        }
        else
        {
            for (; i <= count - width; i += width)
            {
                most = Vector.Max(most, Vector.Load(values + i));
            }
        }

        for (int lane = 0; lane < width; lane++)
        {
            // Not Max(): NaN must come through.
            largest = most[lane] <= largest ? largest : most[lane];
        }

        for (; i < count; i++)
        {
            largest = values[i] <= largest ? largest : values[i];
            total += values[i];
        }

        return (largest, total);
    }

    /// <summary>The sum of exp(value - largest), and these in place of the values where they are kept.</summary>
    private static double Exponentials(float* values, int count, float largest, bool keep)
    {
        int width = Vector<float>.Count, i = 0;
        double sum = 0;
        var shift = new Vector<float>(largest);
        while (i <= count - width)
        {
            Vector<float> part = default;
            int end = Math.Min(count - width, i + (Block - 1) * width);
            for (; i <= end; i += width)
            {
                Vector<float> exponential = VectorExp.Of(Vector.Load(values + i) - shift);
                part += exponential;
                if (keep)
                {
                    Vector.Store(exponential, values + i);
                }
            }

            sum += Vector.Sum(part);
        }

        for (; i < count; i++)
        {
            float exponential = MathF.Exp(values[i] - largest);
            sum += exponential;
            values[i] = keep ? exponential : values[i];
        }

        return sum;
    }

    private static void ScaleAndShift(float* values, int count, float scale, float shift)
    {
        int width = Vector<float>.Count, i = 0;
        Vector<float> scales = new(scale), shifts = new(shift);
        for (; i <= count - width; i += width)
        {
            Vector.Store(Vector.FusedMultiplyAdd(Vector.Load(values + i), scales, shifts), values + i);
        }

        for (; i < count; i++)
        {
            values[i] = values[i] * scale + shift;
        }
    }
}
