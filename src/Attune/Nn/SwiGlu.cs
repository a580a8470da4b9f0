using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>silu(gate) * up (Shazeer 2020); keeps only its two inputs for the backward pass.</summary>
internal sealed class SwiGlu : GradientFunction<SwiGlu>
{
    /// <summary>Multiplies.</summary>
    /// <param name="gate">[tokens, width].</param>
    /// <param name="up">As <paramref name="gate"/>.</param>
    public static Tensor Forward(Tensor gate, Tensor up) => is_grad_enabled() ? Call(gate, up) : SwiGluKernel.Forward(gate, up);

    /// <summary>The same by TorchSharp's own operators: the twin that tests compare with.</summary>
    internal static Tensor Plain(Tensor gate, Tensor up) => nn.functional.silu(gate) * up;

    /// <summary>The gradients of gate and up by TorchSharp's own operators: the twin.</summary>
    internal static (Tensor Gate, Tensor Up) PlainGradients(Tensor gate, Tensor up, Tensor gradient)
    {
        var sigmoid = gate.sigmoid();
        var silu = gate * sigmoid;
        var ofUp = gradient * silu;

        // d silu = s + silu (1 - s)
        var slope = sigmoid.addcmul_(silu, 1 - sigmoid, 1);
        return (slope.mul_(up).mul_(gradient), ofUp);
    }

    protected override Tensor Forward(autograd.AutogradContext context, object[] inputs)
    {
        var (gate, up) = ((Tensor)inputs[0], (Tensor)inputs[1]);
        context.save_for_backward([gate, up]);
        return SwiGluKernel.Forward(gate, up);
    }

    protected override Tensor?[] Backward(autograd.AutogradContext context, IReadOnlyList<Tensor> saved, Tensor gradient)
    {
        var (ofGate, ofUp) = SwiGluKernel.Backward(saved[0], saved[1], gradient);
        return [ofGate, ofUp];
    }
}
