using Attune.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Tuning;

/// <summary>
/// y = x W' + c + s drop(x) A' B' as one function of frozen W: both gradients of x land in one matrix, the input is kept once, of the dropped
/// input only what was dropped, and of casts nothing.
/// </summary>
internal sealed class LoraFunction : GradientFunction<LoraFunction>
{
    /// <summary>The product.</summary>
    /// <param name="projection">The layer; its weight is frozen.</param>
    /// <param name="input">[tokens, in].</param>
    /// <param name="a">[rank, in].</param>
    /// <param name="b">[out, rank].</param>
    /// <param name="scale">s.</param>
    /// <param name="dropout">The share of the input that is dropped.</param>
    /// <returns>[tokens, out].</returns>
    public static Tensor Of(Projection projection, Tensor input, Tensor a, Tensor b, double scale, double dropout) =>
        Call(input, a, b, projection.Bias?.Value!, projection, scale, dropout);

    /// <inheritdoc/>
    protected override Tensor Forward(autograd.AutogradContext context, object[] inputs)
    {
        var (input, a, b, projection) = ((Tensor)inputs[0], (Tensor)inputs[1], (Tensor)inputs[2], (Projection)inputs[4]);
        var (scale, dropout) = ((double)inputs[5], (double)inputs[6]);
        var type = input.dtype;
        var mask = dropout > 0 ? empty(input.shape, dtype: @bool, device: input.device).bernoulli_(1 - dropout) : null;
        scale /= 1 - dropout;
        var low = nn.functional.linear(Drop(input, mask), Precision.As(a, type));
        var output = projection.ForwardBase(input).addmm_(low, Precision.As(b, type).t(), beta: 1, alpha: (float)scale);
        context.save_for_backward([input, a, b, low, mask!]);
        context.save_data("projection", projection);
        context.save_data("scale", scale);
        context.save_data("input", input.requires_grad);
        context.save_data("bias", inputs[3] is Tensor { requires_grad: true } bias ? bias.dtype : null!);
        return output;
    }

    /// <inheritdoc/>
    protected override Tensor?[] Backward(autograd.AutogradContext context, IReadOnlyList<Tensor> saved, Tensor gradient)
    {
        var (input, a, b, low, mask) = (saved[0], saved[1], saved[2], saved[3], (Tensor?)saved[4]);
        var (projection, scale) = ((Projection)context.get_data("projection"), (double)context.get_data("scale"));
        var type = gradient.dtype;
        var ofLow = gradient.mm(Precision.As(b, type)).mul_(scale);
        var ofA = Precision.As(ofLow.t().mm(Drop(input, mask)), a.dtype);
        var ofB = Precision.As(gradient.t().mm(low), b.dtype).mul_(scale);
        Tensor? ofInput = null;
        if ((bool)context.get_data("input"))
        {
            ofInput = projection.BackwardBase(gradient);
            ofInput = mask is null ? ofInput.addmm_(ofLow, Precision.As(a, type), beta: 1, alpha: 1) : ofInput.add_(ofLow.mm(Precision.As(a, type)).mul_(mask));
        }

        var ofBias = context.get_data("bias") is ScalarType biasType ? Precision.As(gradient.sum([0L], type: float32), biasType) : null;
        return [ofInput, ofA, ofB, ofBias, null, null, null];
    }

    private static Tensor Drop(Tensor input, Tensor? mask) => mask is null ? input : input.mul(mask);
}
