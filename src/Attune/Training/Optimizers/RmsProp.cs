using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>RMSprop (Tieleman and Hinton 2012; centered: Graves 2013), as torch.optim has it.</summary>
internal sealed record RmsProp(double Alpha, double Epsilon, double Momentum, bool Centered, GradientPreparation Preparation) : IUpdateRule
{
    public static RmsProp Create(Arguments arguments) => new(
        arguments.Number("alpha", 0) ?? 0.99,
        arguments.Number("eps", 0) ?? 1e-8,
        arguments.Number("momentum", 0) ?? 0,
        arguments.Flag("centered", false),
        GradientPreparation.Read(arguments, 0, decoupled: false));

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, double Initial)> State { get; } =
        [.. new[] { ("square_avg", 0.0), ("momentum_buffer", 0.0), ("grad_avg", 0.0) }.Take(Centered ? 3 : Momentum > 0 ? 2 : 1)];

    /// <inheritdoc/>
    public IUpdateRule? WithMomentum(double momentum) => Momentum == 0 ? null : this with { Momentum = momentum };

    /// <inheritdoc/>
    public void Update(Tensor value, Tensor gradient, IReadOnlyList<Tensor> state, long step, double learningRate)
    {
        Tensor prepared = Preparation.Apply(value, gradient, learningRate);
        Tensor square = state[0].mul_(Alpha).addcmul_(prepared, prepared, 1 - Alpha);
        Tensor root = Centered ? square.addcmul(state[2].lerp_(prepared, 1 - Alpha), state[2], -1).sqrt_() : square.sqrt();
        root.add_(Epsilon);
        if (Momentum > 0)
        {
            value.add_(state[1].mul_(Momentum).addcdiv_(prepared, root, 1), alpha: -learningRate);
        }
        else
        {
            value.addcdiv_(prepared, root, -learningRate);
        }
    }
}
