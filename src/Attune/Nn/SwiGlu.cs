using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>silu(gate) * up (Shazeer 2020); keeps only its two inputs for the backward pass.</summary>
internal sealed class SwiGlu : autograd.SingleTensorFunction<SwiGlu>
{
    public override string Name => nameof(SwiGlu);

    /// <summary>Multiplies.</summary>
    /// <param name="gate">[tokens, width].</param>
    /// <param name="up">As <paramref name="gate"/>.</param>
    public static Tensor Forward(Tensor gate, Tensor up) => is_grad_enabled() ? apply(gate, up) : SwiGluKernel.Forward(gate, up);

    /// <summary>The same by TorchSharp's own operators: the twin that tests compare with.</summary>
    internal static Tensor Plain(Tensor gate, Tensor up) => nn.functional.silu(gate) * up;

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (gate, up) = ((Tensor)vars[0], (Tensor)vars[1]);
        ctx.save_for_backward([gate, up]);
        return nn.functional.silu(gate).mul_(up);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        var (gate, up) = (saved[0], saved[1]);
        using var scope = NewDisposeScope();
        var sigmoid = gate.sigmoid();
        var silu = gate * sigmoid;
        var up_gradient = grad_output * silu;

        // d silu = s + silu (1 - s)
        var slope = sigmoid.addcmul_(silu, 1 - sigmoid, 1);
        var gate_gradient = slope.mul_(up).mul_(grad_output);
        return [gate_gradient.MoveToOuterDisposeScope(), up_gradient.MoveToOuterDisposeScope()];
    }
}
