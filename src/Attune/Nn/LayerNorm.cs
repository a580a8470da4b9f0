using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>(x - mean) / sqrt(var + eps) * weight + bias (Ba et al. 2016).</summary>
public sealed class LayerNorm : Layer
{
    private readonly double epsilon;

    /// <summary>Creates the layer, empty.</summary>
    /// <param name="width">Width of the input.</param>
    /// <param name="epsilon">layer_norm_eps.</param>
    public LayerNorm(int width, double epsilon)
    {
        this.epsilon = epsilon;
        Weight = AddParameter("weight", width);
        Bias = AddParameter("bias", width);
    }

    /// <summary>[width].</summary>
    public Parameter Weight { get; }

    /// <summary>[width].</summary>
    public Parameter Bias { get; }

    /// <summary>Normalises each token.</summary>
    /// <param name="input">[tokens, width].</param>
    public Tensor Forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Run(input, null, null);
    }

    /// <summary>Normalises input + bias + before: how a block that is normalised behind its parts ends each of them.</summary>
    /// <param name="input">[tokens, width]; nothing else may read it later: its memory becomes the sum's, and its gradient's.</param>
    /// <param name="bias">[width]; null: none.</param>
    /// <param name="before">[tokens, width].</param>
    internal Tensor ForwardSum(Tensor input, Tensor? bias, Tensor before) => Run(input, bias, before);

    /// <summary>The same by TorchSharp's own operators: the twin that tests compare with.</summary>
    internal static Tensor Plain(Tensor sum, Tensor weight, Tensor shift, double epsilon) => nn.functional.layer_norm(sum, [sum.shape[^1]], weight, shift, epsilon);

    /// <summary>Puts the sum into the input's memory, as the kernel does.</summary>
    internal static Tensor PlainSum(Tensor input, Tensor? bias, Tensor? before)
    {
        using var noGradient = no_grad();
        var sum = input;
        sum = bias is null ? sum : sum.add_(bias);
        return before is null ? sum : sum.add_(before);
    }

    /// <summary>The gradients by TorchSharp's own operators: the twin.</summary>
    internal static (Tensor Sum, Tensor Weight, Tensor Shift, Tensor Bias) PlainGradients(Tensor sum, Tensor weight, Tensor gradient, double epsilon)
    {
        var (x, d) = (Precision.As(sum, float32), Precision.As(gradient, float32));
        var centred = x - x.mean([-1], keepdim: true);
        var scale = centred.square().mean([-1], keepdim: true).add_(epsilon).rsqrt_();
        var normed = centred * scale;
        var weighted = d * Precision.As(weight, float32);
        var ofSum = (weighted - weighted.mean([-1], keepdim: true) - (normed * (weighted * normed).mean([-1], keepdim: true))) * scale;
        Tensor Total(Tensor tokens) => Precision.As(tokens.sum([0L]), weight.dtype);
        return (Precision.As(ofSum, sum.dtype), Total(d * normed), Total(d), Total(ofSum));
    }

    private Tensor Run(Tensor input, Tensor? bias, Tensor? before)
    {
        var (weight, shift) = (Precision.As(Weight.Value, input.dtype), Precision.As(Bias.Value, input.dtype));
        return is_grad_enabled() ? Function.Of(input, bias, before, weight, shift, epsilon) : LayerNormKernel.Forward(input, bias, before, weight, shift, epsilon);
    }

    /// <summary>Keeps the sum for the backward pass.</summary>
    private sealed class Function : GradientFunction<Function>
    {
        public static Tensor Of(Tensor input, Tensor? bias, Tensor? before, Tensor weight, Tensor shift, double epsilon) => Call(input, bias!, before!, weight, shift, epsilon);

        protected override Tensor Forward(autograd.AutogradContext context, object[] inputs)
        {
            var (input, bias, before, weight, shift, epsilon) = ((Tensor)inputs[0], (Tensor?)inputs[1], (Tensor?)inputs[2], (Tensor)inputs[3], (Tensor)inputs[4], (double)inputs[5]);
            context.save_for_backward([input, weight]);
            context.save_data("trained", new[] { bias?.requires_grad ?? false, before?.requires_grad ?? false, weight.requires_grad, shift.requires_grad });
            context.save_data("own", bias is not null || before is not null);
            context.save_data("epsilon", epsilon);
            return LayerNormKernel.Forward(input, bias, before, weight, shift, epsilon);
        }

        protected override Tensor?[] Backward(autograd.AutogradContext context, IReadOnlyList<Tensor> saved, Tensor gradient)
        {
            var (ofSum, ofWeight, ofShift, ofBias) = LayerNormKernel.Backward(saved[0], saved[1], gradient, (double)context.get_data("epsilon"), (bool)context.get_data("own"));
            bool[] trained = (bool[])context.get_data("trained");
            return [ofSum, trained[0] ? ofBias : null, trained[1] ? ofSum.alias() : null, trained[2] ? ofWeight : null, trained[3] ? ofShift : null, null];
        }
    }
}
