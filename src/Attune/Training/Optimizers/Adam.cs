using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>Adam (Kingma and Ba 2015) and, with decoupled decay, AdamW (Loshchilov and Hutter 2019), as torch.optim has them.</summary>
internal sealed record Adam(Betas Betas, double Epsilon, bool AmsGrad, GradientPreparation Preparation) : IOnePassRule
{
    public static Adam Create(Arguments arguments) => Create(arguments, 0, arguments.Flag("decoupled_weight_decay", false));

    /// <summary>AdamW: decay beside the gradient, 0.01 unless given.</summary>
    public static Adam CreateW(Arguments arguments) => Create(arguments, 0.01, decoupled: true);

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, double Initial)> State { get; } =
        AmsGrad ? [("exp_avg", 0), ("exp_avg_sq", 0), ("max_exp_avg_sq", 0)] : [("exp_avg", 0), ("exp_avg_sq", 0)];

    /// <inheritdoc/>
    public IUpdateRule WithMomentum(double momentum) => this with { Betas = Betas with { First = momentum } };

    /// <inheritdoc/>
    public void Update(Tensor value, Tensor gradient, IReadOnlyList<Tensor> state, long step, double learningRate)
    {
        if (!TryUpdate(new FlatStretch(value, gradient, 1, null, null), state, step, learningRate))
        {
            Plain(value, gradient, state, step, learningRate);
        }
    }

    /// <inheritdoc/>
    public bool TryUpdate(in FlatStretch stretch, IReadOnlyList<Tensor> state, long step, double learningRate)
    {
        bool can = AdamKernel.Takes(stretch.Values) && stretch.Rounded?.dtype is null or ScalarType.BFloat16;
        if (can)
        {
            AdamKernel.Update(this, stretch, state, step, learningRate);
        }

        return can;
    }

    /// <summary>The update with TorchSharp's operators: several passes over the memory where <see cref="AdamKernel"/> makes one.</summary>
    internal void Plain(Tensor value, Tensor gradient, IReadOnlyList<Tensor> state, long step, double learningRate)
    {
        Tensor prepared = Preparation.Apply(value, gradient, learningRate);
        Tensor mean = state[0].lerp_(prepared, 1 - Betas.First);
        Tensor square = state[1].mul_(Betas.Second).addcmul_(prepared, prepared, 1 - Betas.Second);
        if (AmsGrad)
        {
            square = state[2].copy_(maximum(state[2], square));
        }

        Tensor denominator = square.sqrt().div_(Math.Sqrt(1 - Math.Pow(Betas.Second, step))).add_(Epsilon);
        value.addcdiv_(mean, denominator, -learningRate / (1 - Math.Pow(Betas.First, step)));
    }

    private static Adam Create(Arguments arguments, double decay, bool decoupled) => new(
        Betas.Read(arguments),
        arguments.Number("eps", 0) ?? 1e-8,
        arguments.Flag("amsgrad", false),
        GradientPreparation.Read(arguments, decay, decoupled));
}
