using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>Adadelta (Zeiler 2012), as torch.optim has it.</summary>
internal sealed record Adadelta(double Rho, double Epsilon, GradientPreparation Preparation) : IUpdateRule
{
    public static Adadelta Create(Arguments arguments) => new(
        arguments.Number("rho", 0, 1) ?? 0.9, arguments.Number("eps", 0) ?? 1e-6, GradientPreparation.Read(arguments, 0, decoupled: false));

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, double Initial)> State { get; } = [("square_avg", 0), ("acc_delta", 0)];

    /// <inheritdoc/>
    public IUpdateRule? WithMomentum(double momentum) => null;

    /// <inheritdoc/>
    public void Update(Tensor value, Tensor gradient, IReadOnlyList<Tensor> state, long step, double learningRate)
    {
        Tensor prepared = Preparation.Apply(value, gradient, learningRate);
        Tensor root = state[0].mul_(Rho).addcmul_(prepared, prepared, 1 - Rho).add(Epsilon).sqrt_();
        Tensor delta = state[1].add(Epsilon).sqrt_().div_(root).mul_(prepared);
        state[1].mul_(Rho).addcmul_(delta, delta, 1 - Rho);
        value.add_(delta, alpha: -learningRate);
    }
}
