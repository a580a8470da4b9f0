using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>
/// gelu(x + bias), the exact form (Hendrycks and Gimpel 2016): a projection's bias and the activation behind it in one pass. The input must be the
/// caller's own: its memory becomes its gradient's.
/// </summary>
internal sealed class Gelu : GradientFunction<Gelu>
{
    /// <summary>Activates.</summary>
    /// <param name="input">[tokens, width]; nothing else may read it later.</param>
    /// <param name="bias">[width].</param>
    public static Tensor Forward(Tensor input, Tensor bias) => is_grad_enabled() ? Call(input, bias) : GeluKernel.Forward(input, bias);

    /// <summary>The same by TorchSharp's own operators: the twin that tests compare with.</summary>
    internal static Tensor Plain(Tensor input, Tensor bias) => nn.functional.gelu(input + bias);

    /// <summary>The gradients of input and bias by TorchSharp's own operators: the twin.</summary>
    internal static (Tensor Input, Tensor Bias) PlainGradients(Tensor input, Tensor bias, Tensor gradient)
    {
        var x = Precision.As(input + bias, float32);
        var share = (x * Math.Sqrt(0.5)).erf_().add_(1).mul_(0.5);
        var ofInput = share.add_(x.square().mul_(-0.5).exp_().mul_(x).mul_(1 / Math.Sqrt(2 * Math.PI))).mul_(Precision.As(gradient, float32));
        return (Precision.As(ofInput, input.dtype), Precision.As(ofInput.sum([0L]), bias.dtype));
    }

    protected override Tensor Forward(autograd.AutogradContext context, object[] inputs)
    {
        var (input, bias) = ((Tensor)inputs[0], (Tensor)inputs[1]);
        context.save_for_backward([input, bias]);
        context.save_data("trained", bias.requires_grad);
        return GeluKernel.Forward(input, bias);
    }

    protected override Tensor?[] Backward(autograd.AutogradContext context, IReadOnlyList<Tensor> saved, Tensor gradient)
    {
        var (ofInput, ofBias) = GeluKernel.Backward(saved[0], saved[1], gradient);
        return [ofInput, (bool)context.get_data("trained") ? ofBias : null];
    }
}
