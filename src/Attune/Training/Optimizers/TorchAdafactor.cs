using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>
/// Adafactor (Shazeer and Stern 2018) as torch.optim has it: of the squares of a matrix's gradients it keeps the means of rows and columns only.
/// </summary>
internal sealed record TorchAdafactor(double Beta2Decay, double Epsilon1, double Epsilon2, double Clip, double WeightDecay, bool Maximize) : ITensorRule
{
    // float32's machine epsilon: torch's default for the first epsilon.
    private const double MachineEpsilon = 1.1920928955078125e-07;

    public static TorchAdafactor Create(Arguments arguments)
    {
        IReadOnlyList<double?>? epsilons = arguments.Numbers("eps", 2);
        return new TorchAdafactor(
            arguments.Number("beta2_decay", maximum: 0) ?? -0.8,
            epsilons?[0] ?? MachineEpsilon,
            epsilons?[1] ?? 1e-3,
            arguments.Number("d", 1) ?? 1,
            arguments.Number("weight_decay", 0) ?? 0,
            arguments.Flag("maximize", false));
    }

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, long[] Shape)> State(IReadOnlyList<long> shape) => shape.Count < 2
        ? [("variance", [.. shape])]
        : [("row_var", [.. shape.Take(shape.Count - 1), 1]), ("col_var", [.. shape.Take(shape.Count - 2), 1, shape[^1]])];

    /// <inheritdoc/>
    public void Update(Tensor value, Tensor gradient, IReadOnlyList<Tensor> state, long step, double learningRate)
    {
        Tensor prepared = Maximize ? gradient.neg() : gradient;
        double share = Math.Pow(step, Beta2Decay);
        double root = Math.Sqrt(value.NumberOfElements);
        double rate = Math.Max(Epsilon2, value.norm().ToDouble() / root) * Math.Min(learningRate, 1 / Math.Sqrt(step));
        if (WeightDecay != 0)
        {
            value.mul_(1 - learningRate * WeightDecay);
        }

        Tensor squares = prepared.square();
        Tensor variance;
        if (value.dim() > 1)
        {
            Tensor rows = state[0].lerp_(squares.mean([-1], keepdim: true), share);
            Tensor columns = state[1].lerp_(squares.mean([-2], keepdim: true), share);
            variance = rows.matmul(columns).div_(rows.mean([-2], keepdim: true).clamp_(min: Epsilon1));
        }
        else
        {
            variance = state[0].lerp_(squares, share).clone();
        }

        Tensor update = variance.clamp_(min: Epsilon1 * Epsilon1).rsqrt_().mul_(prepared);
        value.add_(update, alpha: -rate / Math.Max(1, update.norm().ToDouble() / (root * Clip)));
    }
}
