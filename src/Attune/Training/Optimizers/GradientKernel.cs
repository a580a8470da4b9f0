using System.Numerics;
using System.Runtime.InteropServices;
using Attune.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>Passes over gradients in the CPU's memory; <see cref="Plain"/> does the same with TorchSharp's operators, anywhere.</summary>
internal static unsafe class GradientKernel
{
    // Sums are made of chunks of a fixed length, so that they do not depend on how many cores there are.
    private const long Chunk = 1 << 18;

    /// <summary>Adds a gradient to its part of the flat buffer, or puts it there.</summary>
    /// <param name="flat">The flat buffer, float32.</param>
    /// <param name="offset">Where the part begins.</param>
    /// <param name="gradient">A gradient of any floating type and shape.</param>
    /// <param name="first">Nothing is there yet.</param>
    public static void Accumulate(Tensor flat, long offset, Tensor gradient, bool first)
    {
        long count = gradient.NumberOfElements;
        if (TensorPointer.IsReachable(flat) && TensorPointer.IsReachable(gradient) && gradient.dtype is ScalarType.Float32 or ScalarType.BFloat16)
        {
            float* target = TensorPointer.Of<float>(flat) + offset;
            if (gradient.dtype == ScalarType.BFloat16)
            {
                ushort* values = TensorPointer.Of<ushort>(gradient);
                Chunks.For(count, Chunk, (_, start, length) => AddBFloat16(target + start, values + start, length, first));
            }
            else
            {
                float* values = TensorPointer.Of<float>(gradient);
                Chunks.For(count, Chunk, (_, start, length) =>
                {
                    if (first)
                    {
                        NativeMemory.Copy(values + start, target + start, (nuint)length * sizeof(float));
                    }
                    else
                    {
                        Add(target + start, values + start, length);
                    }
                });
            }

            GC.KeepAlive(gradient);
        }
        else
        {
            Plain.Accumulate(flat, offset, gradient, first);
        }
    }

    /// <summary>Adds gradients of single rows, one after another, to a matrix's part of the flat buffer.</summary>
    /// <param name="flat">The flat buffer, float32.</param>
    /// <param name="offset">Where the matrix begins.</param>
    /// <param name="rows">Which rows: [n], int64; a row may come several times.</param>
    /// <param name="gradients">[n, width], of any floating type.</param>
    public static void AccumulateRows(Tensor flat, long offset, Tensor rows, Tensor gradients)
    {
        if (!TensorPointer.IsReachable(flat) || !TensorPointer.IsReachable(rows) || !TensorPointer.IsReachable(gradients) || gradients.dtype is not (ScalarType.Float32 or ScalarType.BFloat16))
        {
            Plain.AccumulateRows(flat, offset, rows, gradients);
            return;
        }

        long width = gradients.size(1);
        float* target = TensorPointer.Of<float>(flat) + offset;
        long* at = TensorPointer.Of<long>(rows);
        for (long i = 0; i < rows.size(0); i++)
        {
            if (gradients.dtype == ScalarType.BFloat16)
            {
                AddBFloat16(target + (at[i] * width), TensorPointer.Of<ushort>(gradients) + (i * width), width, first: false);
            }
            else
            {
                Add(target + (at[i] * width), TensorPointer.Of<float>(gradients) + (i * width), width);
            }
        }

        GC.KeepAlive(rows);
        GC.KeepAlive(gradients);
    }

    /// <summary>The sum of squares of a stretch of a float32 buffer, in double precision.</summary>
    public static double SumOfSquares(Tensor flat, long offset, long count)
    {
        if (!TensorPointer.IsReachable(flat))
        {
            return Plain.SumOfSquares(flat, offset, count);
        }

        float* values = TensorPointer.Of<float>(flat) + offset;
        double[] sums = new double[(count + Chunk - 1) / Chunk];
        Chunks.For(count, Chunk, (index, start, length) => sums[index] = SumOfSquares(values + start, length));
        double sum = 0;
        foreach (double part in sums)
        {
            sum += part;
        }

        return sum;
    }

    /// <summary>Multiplies a stretch of a float32 buffer by a factor, in place.</summary>
    public static void Scale(Tensor flat, long offset, long count, double factor)
    {
        if (!TensorPointer.IsReachable(flat))
        {
            Plain.Scale(flat, offset, count, factor);
            return;
        }

        float* values = TensorPointer.Of<float>(flat) + offset;
        float by = (float)factor;
        Chunks.For(count, Chunk, (_, start, length) =>
        {
            float* at = values + start;
            long i = 0;
            for (; i <= length - Vector<float>.Count; i += Vector<float>.Count)
            {
                Vector.Store(Vector.Load(at + i) * by, at + i);
            }

            for (; i < length; i++)
            {
                at[i] *= by;
            }
        });
    }

    private static double SumOfSquares(float* values, long count)
    {
        Vector<double> even = default, odd = default;
        long i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(Vector.Load(values + i), out Vector<double> low, out Vector<double> high);
            even += low * low;
            odd += high * high;
        }

        double sum = Vector.Sum(even + odd);
        for (; i < count; i++)
        {
            sum += (double)values[i] * values[i];
        }

        return sum;
    }

    private static void Add(float* target, float* gradient, long count)
    {
        long i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Store(Vector.Load(target + i) + Vector.Load(gradient + i), target + i);
        }

        for (; i < count; i++)
        {
            target[i] += gradient[i];
        }
    }

    private static void AddBFloat16(float* target, ushort* gradient, long count, bool first)
    {
        long i = 0;
        for (; i <= count - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            // bfloat16 is the upper half of a float32.
            Vector.Widen(Vector.Load(gradient + i), out Vector<uint> low, out Vector<uint> high);
            Vector<float> lower = Vector.AsVectorSingle(low << 16), upper = Vector.AsVectorSingle(high << 16);
            Vector.Store(first ? lower : Vector.Load(target + i) + lower, target + i);
            Vector.Store(first ? upper : Vector.Load(target + i + Vector<float>.Count) + upper, target + i + Vector<float>.Count);
        }

        for (; i < count; i++)
        {
            float value = BitConverter.UInt32BitsToSingle((uint)gradient[i] << 16);
            target[i] = first ? value : target[i] + value;
        }
    }

    /// <summary>The same with TorchSharp's operators.</summary>
    internal static class Plain
    {
        public static void Accumulate(Tensor flat, long offset, Tensor gradient, bool first)
        {
            using var scope = NewDisposeScope();
            Tensor part = flat.narrow(0, offset, gradient.NumberOfElements);
            Tensor values = gradient.reshape(-1).to(ScalarType.Float32);
            _ = first ? part.copy_(values) : part.add_(values);
        }

        public static void AccumulateRows(Tensor flat, long offset, Tensor rows, Tensor gradients)
        {
            using var scope = NewDisposeScope();
            long width = gradients.size(1);
            Tensor matrix = flat.narrow(0, offset, (flat.NumberOfElements - offset) / width * width).view(-1, width);
            matrix.index_add_(0, rows, gradients.to(ScalarType.Float32), 1);
        }

        public static double SumOfSquares(Tensor flat, long offset, long count)
        {
            using var scope = NewDisposeScope();
            return flat.narrow(0, offset, count).to(ScalarType.Float64).square().sum().ToDouble();
        }

        public static void Scale(Tensor flat, long offset, long count, double factor)
        {
            using Tensor part = flat.narrow(0, offset, count);
            part.mul_(factor);
        }
    }
}
