using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>Adam with Nesterov's momentum (Dozat 2016), as torch.optim has it.</summary>
internal sealed record NAdam(Betas Betas, double Epsilon, double MomentumDecay, GradientPreparation Preparation) : IUpdateRule
{
    public static NAdam Create(Arguments arguments) => new(
        Betas.Read(arguments),
        arguments.Number("eps", 0) ?? 1e-8,
        arguments.Number("momentum_decay", 0) ?? 0.004,
        GradientPreparation.Read(arguments, 0, arguments.Flag("decoupled_weight_decay", false)));

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, double Initial)> State { get; } = [("exp_avg", 0), ("exp_avg_sq", 0)];

    /// <inheritdoc/>
    public IUpdateRule? WithMomentum(double momentum) => null;

    /// <inheritdoc/>
    public void Update(Tensor value, Tensor gradient, IReadOnlyList<Tensor> state, long step, double learningRate)
    {
        Tensor prepared = Preparation.Apply(value, gradient, learningRate);
        Tensor mean = state[0].lerp_(prepared, 1 - Betas.First);
        Tensor square = state[1].mul_(Betas.Second).addcmul_(prepared, prepared, 1 - Betas.Second);
        Tensor denominator = square.div(1 - Math.Pow(Betas.Second, step)).sqrt_().add_(Epsilon);

        // torch keeps this product in the state, in float32; it is a function of the step. The product's factors soon make it 0.
        float product = 1;
        for (long t = 1; t <= step && product != 0; t++)
        {
            product *= (float)Mu(t);
        }

        double next = Mu(step + 1);
        value.addcdiv_(prepared, denominator, -learningRate * (1 - Mu(step)) / (1 - product));
        value.addcdiv_(mean, denominator, -learningRate * next / (1 - product * next));
    }

    private double Mu(long step) => Betas.First * (1 - 0.5 * Math.Pow(0.96, step * MomentumDecay));
}
