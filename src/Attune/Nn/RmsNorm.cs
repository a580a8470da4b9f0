using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>x / sqrt(mean(x^2) + eps) * weight, statistics in float32 (Zhang and Sennrich 2019).</summary>
public sealed class RmsNorm : Layer
{
    private readonly double epsilon;

    /// <summary>Creates the layer, empty.</summary>
    /// <param name="width">Width of the input.</param>
    /// <param name="epsilon">rms_norm_eps.</param>
    public RmsNorm(int width, double epsilon)
    {
        this.epsilon = epsilon;
        Weight = AddParameter("weight", width);
    }

    /// <summary>[width].</summary>
    public Parameter Weight { get; }

    /// <summary>Normalises each token.</summary>
    /// <param name="input">[tokens, width].</param>
    public Tensor Forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var weight = Precision.As(Weight.Value, input.dtype);
        return is_grad_enabled() ? Function.Of(input, weight, epsilon) : RmsNormKernel.Forward(input, weight, epsilon);
    }

    /// <summary>The same by TorchSharp's own operators: the twin that tests compare with.</summary>
    internal static Tensor Plain(Tensor input, Tensor weight, double epsilon)
    {
        var wide = input.to(float32);
        return (wide * (wide.pow(2).mean([-1], keepdim: true) + epsilon).rsqrt()).to(input.dtype) * weight;
    }

    /// <summary>The gradient of the input by TorchSharp's own operators: the twin.</summary>
    internal static Tensor PlainGradient(Tensor input, Tensor weight, Tensor gradient, double epsilon)
    {
        var (normed, scale) = Normed(input, epsilon);
        var scaled = Precision.As(gradient, float32) * Precision.As(weight, float32);
        return Precision.As((scaled - (normed * (scaled * normed).mean([-1], keepdim: true))).mul_(scale), input.dtype);
    }

    private static (Tensor Normed, Tensor Scale) Normed(Tensor input, double epsilon)
    {
        var wide = Precision.As(input, float32);
        var scale = wide.square().mean([-1], keepdim: true).add_(epsilon).rsqrt_();
        return (wide * scale, scale);
    }

    /// <summary>Keeps the input for the backward pass, instead of every intermediate.</summary>
    private sealed class Function : GradientFunction<Function>
    {
        public static Tensor Of(Tensor input, Tensor weight, double epsilon) => Call(input, weight, epsilon);

        protected override Tensor Forward(autograd.AutogradContext context, object[] inputs)
        {
            var (input, weight, epsilon) = ((Tensor)inputs[0], (Tensor)inputs[1], (double)inputs[2]);
            context.save_for_backward([input, weight]);
            context.save_data("trained", weight.requires_grad);
            context.save_data("epsilon", epsilon);
            return RmsNormKernel.Forward(input, weight, epsilon);
        }

        protected override Tensor?[] Backward(autograd.AutogradContext context, IReadOnlyList<Tensor> saved, Tensor gradient)
        {
            var (input, weight, epsilon) = (saved[0], saved[1], (double)context.get_data("epsilon"));
            var ofInput = RmsNormKernel.Backward(input, weight, gradient, epsilon);
            return [ofInput, (bool)context.get_data("trained") ? Precision.As((Precision.As(gradient, float32) * Normed(input, epsilon).Normed).sum([0L]), weight.dtype) : null, null];
        }
    }
}
