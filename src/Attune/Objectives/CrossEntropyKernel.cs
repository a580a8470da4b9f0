using System.Numerics;
using System.Runtime.InteropServices;
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
            Parallel.For(0, rows, row => loss[row] = Row(values + (long)row * vocabulary, vocabulary, (int)target[row], options, gradient));
        }
        else
        {
            ushort* values = TensorPointer.Of<ushort>(logits);
            Parallel.For(0, rows, () => (nint)NativeMemory.AlignedAlloc((nuint)vocabulary * sizeof(float), 64), (row, _, scratch) =>
            {
                ushort* narrow = values + (long)row * vocabulary;
                float* wide = (float*)scratch;
                Widen(narrow, wide, vocabulary);
                loss[row] = Row(wide, vocabulary, (int)target[row], options, gradient);
                if (gradient)
                {
                    Narrow(wide, narrow, vocabulary);
                }

                return scratch;
            }, scratch => NativeMemory.AlignedFree((void*)scratch));
        }
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

    private static void Widen(ushort* from, float* to, int count)
    {
        int i = 0;
        for (; i <= count - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(Vector.Load(from + i), out Vector<uint> low, out Vector<uint> high);
            Vector.Store(Vector.AsVectorSingle(low << 16), to + i);
            Vector.Store(Vector.AsVectorSingle(high << 16), to + i + Vector<float>.Count);
        }

        for (; i < count; i++)
        {
            to[i] = BitConverter.UInt32BitsToSingle((uint)from[i] << 16);
        }
    }

    // To nearest, ties to even; a NaN's upper half stays one.
    private static void Narrow(float* from, ushort* to, int count)
    {
        int i = 0;
        for (; i <= count - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Store(Vector.Narrow(Round(Vector.Load((uint*)from + i)), Round(Vector.Load((uint*)from + i + Vector<uint>.Count))), to + i);
        }

        for (; i < count; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(from[i]);
            to[i] = (ushort)(float.IsNaN(from[i]) ? 0x7FC0u : (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
        }
    }

    private static Vector<uint> Round(Vector<uint> bits)
    {
        Vector<uint> rounded = (bits + new Vector<uint>(0x7FFF) + ((bits >> 16) & Vector<uint>.One)) >> 16;
        Vector<uint> nan = Vector.GreaterThan(bits & new Vector<uint>(0x7FFFFFFF), new Vector<uint>(0x7F800000));
        return Vector.ConditionalSelect(nan, new Vector<uint>(0x7FC0), rounded);
    }
}
