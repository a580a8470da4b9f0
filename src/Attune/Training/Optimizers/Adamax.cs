using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>Adamax (Kingma and Ba 2015): Adam with the largest gradient of the past in place of the root of the squares.</summary>
internal sealed record Adamax(Betas Betas, double Epsilon, GradientPreparation Preparation) : IUpdateRule
{
    public static Adamax Create(Arguments arguments) => new(
        Betas.Read(arguments), arguments.Number("eps", 0) ?? 1e-8, GradientPreparation.Read(arguments, 0, decoupled: false));

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, double Initial)> State { get; } = [("exp_avg", 0), ("exp_inf", 0)];

    /// <inheritdoc/>
    public IUpdateRule WithMomentum(double momentum) => this with { Betas = Betas with { First = momentum } };

    /// <inheritdoc/>
    public void Update(Tensor value, Tensor gradient, IReadOnlyList<Tensor> state, long step, double learningRate)
    {
        Tensor prepared = Preparation.Apply(value, gradient, learningRate);
        Tensor mean = state[0].lerp_(prepared, 1 - Betas.First);
        Tensor largest = state[1].copy_(maximum(state[1].mul(Betas.Second), prepared.abs().add_(Epsilon)));
        value.addcdiv_(mean, largest, -learningRate / (1 - Math.Pow(Betas.First, step)));
    }
}
