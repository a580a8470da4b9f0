using System.Numerics;
using System.Runtime.CompilerServices;
using Attune.Native;
using Attune.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>Adam in one pass over values, gradients and moments in the CPU's memory. Its plain twin is <see cref="Adam.Plain"/>.</summary>
internal static unsafe class AdamKernel
{
    private const long Chunk = 1 << 18;

    /// <summary>Whether it can work on such tensors.</summary>
    public static bool Takes(Tensor value) => value.dtype == ScalarType.Float32 && TensorPointer.IsReachable(value);

    /// <summary>One update; the arguments are those of <see cref="IOnePassRule.TryUpdate"/>.</summary>
    public static void Update(Adam rule, in FlatStretch stretch, IReadOnlyList<Tensor> state, long step, double learningRate)
    {
        var buffers = new Buffers(
            TensorPointer.Of<float>(stretch.Values),
            TensorPointer.Of<float>(stretch.Gradients),
            TensorPointer.Of<float>(state[0]),
            TensorPointer.Of<float>(state[1]),
            rule.AmsGrad ? TensorPointer.Of<float>(state[2]) : null,
            stretch.Rounded is null ? null : TensorPointer.Of<ushort>(stretch.Rounded));
        var constants = new Constants(rule, step, learningRate, stretch.GradientScale);

        // A row without gradient and moments moves by a decoupled decay alone. (0 / 0 would be no number.)
        if (stretch.Rows is { } rows && constants.Decay == 0 && constants.Epsilon > 0)
        {
            UpdateRows(constants, buffers, rows);
        }
        else
        {
            Chunks.For(stretch.Values.NumberOfElements, Chunk, (_, start, length) => Update(constants, buffers.From(start), length));
        }

        GC.KeepAlive(stretch.Rounded);
    }

    private static void UpdateRows(Constants constants, Buffers buffers, TouchedRows rows)
    {
        long width = rows.Width;
        Chunks.For(rows.Count, Math.Max(1, Chunk / 4 / width), (_, start, length) =>
        {
            for (long row = start; row < start + length; row++)
            {
                if (rows.IsEver(row))
                {
                    Update(constants, buffers.From(row * width), width); // The gradient's buffer holds zeros where there is none.
                }
                else if (constants.Keep != 1)
                {
                    Decay(constants.Keep, buffers.From(row * width), width);
                }
            }
        });
    }

    private static void Decay(float keep, Buffers b, long count)
    {
        int width = Vector<float>.Count, two = 2 * width;
        long i = 0;
        for (; i <= count - two; i += two)
        {
            Vector<float> low = Vector.Load(b.Values + i) * keep, high = Vector.Load(b.Values + i + width) * keep;
            Store(b, i, low, high);
        }

        for (; i < count; i++)
        {
            Store(b, i, b.Values[i] * keep);
        }
    }

    private static void Update(in Constants c, Buffers b, long count)
    {
        int width = Vector<float>.Count, two = 2 * width;
        long i = 0;
        for (; i <= count - two; i += two)
        {
            Store(b, i, Updated(c, b, i), Updated(c, b, i + width));
        }

        for (; i < count; i++)
        {
            float value = b.Values[i] * c.Keep;
            float gradient = MathF.FusedMultiplyAdd(value, c.Decay, b.Gradients[i] * c.Scale);
            float mean = MathF.FusedMultiplyAdd(gradient - b.Means[i], c.MeanShare, b.Means[i]);
            float square = MathF.FusedMultiplyAdd(gradient * c.SquareShare, gradient, b.Squares[i] * c.SquareKeep);
            b.Means[i] = mean;
            b.Squares[i] = square;
            if (b.Largest is not null)
            {
                square = b.Largest[i] = MathF.Max(square, b.Largest[i]);
            }

            Store(b, i, MathF.FusedMultiplyAdd(mean / (MathF.Sqrt(square) / c.SquareCorrection + c.Epsilon), c.Rate, value));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Updated(in Constants c, Buffers b, long i)
    {
        Vector<float> value = Vector.Load(b.Values + i), gradient = Vector.Load(b.Gradients + i) * c.Scale;
        value *= c.Keep;
        gradient = Vector.FusedMultiplyAdd(value, new Vector<float>(c.Decay), gradient);
        Vector<float> mean = Vector.Load(b.Means + i);
        mean = Vector.FusedMultiplyAdd(gradient - mean, new Vector<float>(c.MeanShare), mean);
        Vector<float> square = Vector.FusedMultiplyAdd(gradient * c.SquareShare, gradient, Vector.Load(b.Squares + i) * c.SquareKeep);
        Vector.Store(mean, b.Means + i);
        Vector.Store(square, b.Squares + i);
        if (b.Largest is not null)
        {
            square = Vector.Max(square, Vector.Load(b.Largest + i));
            Vector.Store(square, b.Largest + i);
        }

        Vector<float> denominator = Vector.SquareRoot(square) / c.SquareCorrection + new Vector<float>(c.Epsilon);
        return Vector.FusedMultiplyAdd(mean / denominator, new Vector<float>(c.Rate), value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Buffers b, long i, Vector<float> low, Vector<float> high)
    {
        Vector.Store(low, b.Values + i);
        Vector.Store(high, b.Values + i + Vector<float>.Count);
        if (b.Rounded is not null)
        {
            BFloat16Element.Store(b.Rounded + i, low, high);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Buffers b, long i, float value)
    {
        b.Values[i] = value;
        if (b.Rounded is not null)
        {
            b.Rounded[i] = BFloat16Element.FromFloat(value);
        }
    }

    private readonly struct Buffers(float* values, float* gradients, float* means, float* squares, float* largest, ushort* rounded)
    {
        public readonly float* Values = values;
        public readonly float* Gradients = gradients;
        public readonly float* Means = means;
        public readonly float* Squares = squares;
        public readonly float* Largest = largest;
        public readonly ushort* Rounded = rounded;

        public Buffers From(long start) =>
            new(Values + start, Gradients + start, Means + start, Squares + start, Largest is null ? null : Largest + start, Rounded is null ? null : Rounded + start);
    }

    private readonly struct Constants(Adam rule, long step, double learningRate, double gradientScale)
    {
        public readonly float Scale = (float)gradientScale * (rule.Preparation.Maximize ? -1 : 1);
        public readonly float Keep = (float)(rule.Preparation.Decoupled ? 1 - learningRate * rule.Preparation.WeightDecay : 1);
        public readonly float Decay = (float)(rule.Preparation.Decoupled ? 0 : rule.Preparation.WeightDecay);
        public readonly float MeanShare = (float)(1 - rule.Betas.First);
        public readonly float SquareKeep = (float)rule.Betas.Second;
        public readonly float SquareShare = (float)(1 - rule.Betas.Second);
        public readonly float SquareCorrection = (float)Math.Sqrt(1 - Math.Pow(rule.Betas.Second, step));
        public readonly float Epsilon = (float)rule.Epsilon;
        public readonly float Rate = (float)(-learningRate / (1 - Math.Pow(rule.Betas.First, step)));
    }
}
