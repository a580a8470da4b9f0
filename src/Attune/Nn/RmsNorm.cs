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
        return is_grad_enabled() ? Function.apply(input, weight, epsilon) : RmsNormKernel.Forward(input, weight, epsilon);
    }

    /// <summary>The same by TorchSharp's own operators: the twin that tests compare with.</summary>
    internal static Tensor Plain(Tensor input, Tensor weight, double epsilon)
    {
        var wide = input.to(float32);
        return (wide * (wide.pow(2).mean([-1], keepdim: true) + epsilon).rsqrt()).to(input.dtype) * weight;
    }

    /// <summary>Keeps the input and one number a token for the backward pass, instead of every intermediate.</summary>
    private sealed class Function : autograd.SingleTensorFunction<Function>
    {
        public override string Name => nameof(RmsNorm);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (input, weight, epsilon) = ((Tensor)vars[0], (Tensor)vars[1], (double)vars[2]);
            using var scope = NewDisposeScope();
            var wide = Precision.As(input, float32);
            var scale = wide.square().mean([-1], keepdim: true).add_(epsilon).rsqrt_();
            ctx.save_for_backward([input, weight, scale.MoveToOuterDisposeScope()]);
            ctx.save_data("trained", weight.requires_grad);
            return Precision.As(wide * scale, input.dtype).mul_(weight).MoveToOuterDisposeScope();
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            var saved = ctx.get_saved_variables();
            var (input, weight, scale) = (saved[0], saved[1], saved[2]);
            using var scope = NewDisposeScope();
            var wide = Precision.As(input, float32);
            var gradient = Precision.As(grad_output, float32);
            var normed = wide * scale;
            var scaled = gradient * Precision.As(weight, float32);
            var input_gradient = Precision.As((scaled - (normed * (scaled * normed).mean([-1], keepdim: true))).mul_(scale), input.dtype);
            var weight_gradient = (bool)ctx.get_data("trained") ? Precision.As((gradient * normed).sum([0L]), weight.dtype) : null;
            weight_gradient?.MoveToOuterDisposeScope();
            return [input_gradient.MoveToOuterDisposeScope(), weight_gradient!, null!];
        }
    }
}
