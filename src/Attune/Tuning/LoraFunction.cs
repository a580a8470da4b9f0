using Attune.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Tuning;

/// <summary>
/// y = x W' + c + s drop(x) A' B' as one function of frozen W: both gradients of x land in one matrix, the input is kept once, of the dropped
/// input only what was dropped, and of casts nothing.
/// </summary>
internal sealed class LoraFunction : autograd.SingleTensorFunction<LoraFunction>
{
    /// <inheritdoc/>
    public override string Name => nameof(LoraFunction);

    /// <summary>The product.</summary>
    /// <param name="projection">The layer; its weight is frozen.</param>
    /// <param name="input">[tokens, in].</param>
    /// <param name="a">[rank, in].</param>
    /// <param name="b">[out, rank].</param>
    /// <param name="scale">s.</param>
    /// <param name="dropout">The share of the input that is dropped.</param>
    /// <returns>[tokens, out].</returns>
    public static Tensor Of(Projection projection, Tensor input, Tensor a, Tensor b, double scale, double dropout) =>
        apply(input, a, b, projection.Bias?.Value!, projection, scale, dropout);

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (input, a, b, projection) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (Projection)vars[4]);
        var (scale, dropout) = ((double)vars[5], (double)vars[6]);
        using var scope = NewDisposeScope();
        var type = input.dtype;
        var mask = dropout > 0 ? empty(input.shape, dtype: @bool, device: input.device).bernoulli_(1 - dropout) : null;
        scale /= 1 - dropout;
        var low = nn.functional.linear(Drop(input, mask), Precision.As(a, type));
        var output = projection.ForwardBase(input).addmm_(low, Precision.As(b, type).t(), beta: 1, alpha: (float)scale);
        mask?.MoveToOuterDisposeScope();
        ctx.save_for_backward([input, a, b, low.MoveToOuterDisposeScope(), mask!]);
        ctx.save_data("projection", projection);
        ctx.save_data("scale", scale);
        ctx.save_data("input", input.requires_grad);
        ctx.save_data("bias", vars[3] is Tensor { requires_grad: true } bias ? bias.dtype : null!);
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        var (input, a, b, low, mask) = (saved[0], saved[1], saved[2], saved[3], (Tensor?)saved[4]);
        var (projection, scale) = ((Projection)ctx.get_data("projection"), (double)ctx.get_data("scale"));
        using var scope = NewDisposeScope();
        var type = grad_output.dtype;
        var ofLow = grad_output.mm(Precision.As(b, type)).mul_(scale);
        var ofA = Precision.As(ofLow.t().mm(Drop(input, mask)), a.dtype);
        var ofB = Precision.As(grad_output.t().mm(low), b.dtype).mul_(scale);
        Tensor? ofInput = null;
        if ((bool)ctx.get_data("input"))
        {
            var weight = Precision.As(projection.Weight.Value, type);
            ofInput = grad_output.mm(projection.IsTransposed ? weight.t() : weight);
            ofInput = mask is null ? ofInput.addmm_(ofLow, Precision.As(a, type), beta: 1, alpha: 1) : ofInput.add_(ofLow.mm(Precision.As(a, type)).mul_(mask));
        }

        var ofBias = ctx.get_data("bias") is ScalarType biasType ? Precision.As(grad_output.sum([0L], type: float32), biasType) : null;
        return [Keep(ofInput), Keep(ofA), Keep(ofB), Keep(ofBias), null!, null!, null!];
    }

    private static Tensor Drop(Tensor input, Tensor? mask) => mask is null ? input : input.mul(mask);

    private static Tensor Keep(Tensor? tensor) => tensor?.MoveToOuterDisposeScope()!;
}
