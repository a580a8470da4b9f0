using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>Gradient descent with torch.optim.SGD's momentum: the buffer begins as the first gradient, undamped.</summary>
internal sealed record Sgd(double Momentum, double Dampening, bool Nesterov, GradientPreparation Preparation) : IUpdateRule
{
    public static Sgd Create(Arguments arguments)
    {
        var rule = new Sgd(
            arguments.Number("momentum", 0) ?? 0,
            arguments.Number("dampening") ?? 0,
            arguments.Flag("nesterov", false),
            GradientPreparation.Read(arguments, 0, decoupled: false));
        return rule.Nesterov && (rule.Momentum == 0 || rule.Dampening != 0)
            ? throw arguments.Wrong("nesterov", "needs a momentum and no dampening") : rule;
    }

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, double Initial)> State { get; } = Momentum == 0 ? [] : [("momentum_buffer", 0)];

    /// <inheritdoc/>
    public IUpdateRule? WithMomentum(double momentum) => Momentum == 0 ? null : this with { Momentum = momentum };

    /// <inheritdoc/>
    public void Update(Tensor value, Tensor gradient, IReadOnlyList<Tensor> state, long step, double learningRate)
    {
        Tensor direction = Preparation.Apply(value, gradient, learningRate);
        if (Momentum != 0)
        {
            Tensor buffer = step == 1 ? state[0].copy_(direction) : state[0].mul_(Momentum).add_(direction, alpha: 1 - Dampening);
            direction = Nesterov ? direction.add(buffer, alpha: Momentum) : buffer;
        }

        value.add_(direction, alpha: -learningRate);
    }
}
