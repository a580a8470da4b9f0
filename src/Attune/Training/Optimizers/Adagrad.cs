using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>Adagrad (Duchi, Hazan and Singer 2011), as torch.optim has it.</summary>
internal sealed record Adagrad(double RateDecay, double Initial, double Epsilon, GradientPreparation Preparation) : IUpdateRule
{
    public static Adagrad Create(Arguments arguments) => new(
        arguments.Number("lr_decay", 0) ?? 0,
        arguments.Number("initial_accumulator_value", 0) ?? 0,
        arguments.Number("eps", 0) ?? 1e-10,
        GradientPreparation.Read(arguments, 0, decoupled: false));

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, double Initial)> State { get; } = [("sum", Initial)];

    /// <inheritdoc/>
    public IUpdateRule? WithMomentum(double momentum) => null;

    /// <inheritdoc/>
    public void Update(Tensor value, Tensor gradient, IReadOnlyList<Tensor> state, long step, double learningRate)
    {
        Tensor prepared = Preparation.Apply(value, gradient, learningRate);
        Tensor root = state[0].addcmul_(prepared, prepared, 1).sqrt().add_(Epsilon);
        value.addcdiv_(prepared, root, -learningRate / (1 + (step - 1) * RateDecay));
    }
}
