using System.Numerics;
using Attune.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>Adam in one pass over values, gradients and moments in the CPU's memory. Its plain twin is <see cref="Adam.Plain"/>.</summary>
internal static unsafe class AdamKernel
{
    private const long Chunk = 1 << 18;

    /// <summary>Whether it can work on such tensors.</summary>
    public static bool Takes(Tensor value) => value.dtype == ScalarType.Float32 && TensorPointer.IsReachable(value);

    /// <summary>One update; the arguments are those of <see cref="IUpdateRule.Update"/>.</summary>
    public static void Update(Adam rule, Tensor value, Tensor gradient, IReadOnlyList<Tensor> state, long step, double learningRate)
    {
        float* values = TensorPointer.Of<float>(value), gradients = TensorPointer.Of<float>(gradient);
        float* means = TensorPointer.Of<float>(state[0]), squares = TensorPointer.Of<float>(state[1]);
        float* largest = rule.AmsGrad ? TensorPointer.Of<float>(state[2]) : null;
        var constants = new Constants(rule, step, learningRate);
        Chunks.For(value.NumberOfElements, Chunk, (_, start, length) => Update(
            constants, values + start, gradients + start, means + start, squares + start, largest is null ? null : largest + start, length));
    }

    private static void Update(in Constants c, float* values, float* gradients, float* means, float* squares, float* largest, long count)
    {
        int width = Vector<float>.Count;
        long i = 0;
        for (; i <= count - width; i += width)
        {
            Vector<float> value = Vector.Load(values + i), gradient = Vector.Load(gradients + i) * c.Sign;
            value *= c.Keep;
            gradient = Vector.FusedMultiplyAdd(value, new Vector<float>(c.Decay), gradient);
            Vector<float> mean = Vector.Load(means + i);
            mean = Vector.FusedMultiplyAdd(gradient - mean, new Vector<float>(c.MeanShare), mean);
            Vector<float> square = Vector.FusedMultiplyAdd(gradient * c.SquareShare, gradient, Vector.Load(squares + i) * c.SquareKeep);
            Vector.Store(mean, means + i);
            Vector.Store(square, squares + i);
            if (largest is not null)
            {
                square = Vector.Max(square, Vector.Load(largest + i));
                Vector.Store(square, largest + i);
            }

            Vector<float> denominator = Vector.SquareRoot(square) / c.SquareCorrection + new Vector<float>(c.Epsilon);
            Vector.Store(Vector.FusedMultiplyAdd(mean / denominator, new Vector<float>(c.Rate), value), values + i);
        }

        for (; i < count; i++)
        {
            float value = values[i] * c.Keep;
            float gradient = MathF.FusedMultiplyAdd(value, c.Decay, gradients[i] * c.Sign);
            float mean = MathF.FusedMultiplyAdd(gradient - means[i], c.MeanShare, means[i]);
            float square = MathF.FusedMultiplyAdd(gradient * c.SquareShare, gradient, squares[i] * c.SquareKeep);
            means[i] = mean;
            squares[i] = square;
            if (largest is not null)
            {
                square = largest[i] = MathF.Max(square, largest[i]);
            }

            values[i] = MathF.FusedMultiplyAdd(mean / (MathF.Sqrt(square) / c.SquareCorrection + c.Epsilon), c.Rate, value);
        }
    }

    private readonly struct Constants(Adam rule, long step, double learningRate)
    {
        public readonly float Sign = rule.Preparation.Maximize ? -1 : 1;
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
