using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>Adam whose first steps are rectified (Liu et al. 2020), as torch.optim has it.</summary>
internal sealed record RAdam(Betas Betas, double Epsilon, GradientPreparation Preparation) : IUpdateRule
{
    public static RAdam Create(Arguments arguments) => new(
        Betas.Read(arguments),
        arguments.Number("eps", 0) ?? 1e-8,
        GradientPreparation.Read(arguments, 0, arguments.Flag("decoupled_weight_decay", false)));

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, double Initial)> State { get; } = [("exp_avg", 0), ("exp_avg_sq", 0)];

    /// <inheritdoc/>
    public IUpdateRule WithMomentum(double momentum) => this with { Betas = Betas with { First = momentum } };

    /// <inheritdoc/>
    public void Update(Tensor value, Tensor gradient, IReadOnlyList<Tensor> state, long step, double learningRate)
    {
        Tensor prepared = Preparation.Apply(value, gradient, learningRate);
        Tensor mean = state[0].lerp_(prepared, 1 - Betas.First);
        Tensor square = state[1].mul_(Betas.Second).addcmul_(prepared, prepared, 1 - Betas.Second);
        double correction = 1 - Math.Pow(Betas.Second, step);
        double longest = 2 / (1 - Betas.Second) - 1;
        double length = longest - 2 * step * Math.Pow(Betas.Second, step) / correction;
        double rate = learningRate / (1 - Math.Pow(Betas.First, step));

        // Until the squares' average is long enough to have a variance there is only the momentum.
        if (length > 5)
        {
            double rectified = Math.Sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length));
            value.addcdiv_(mean, square.sqrt().add_(Epsilon), -rate * Math.Sqrt(correction) * rectified);
        }
        else
        {
            value.add_(mean, alpha: -rate);
        }
    }
}
