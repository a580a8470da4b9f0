using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>
/// y = x W' + c for a frozen W in quantised blocks: it becomes numbers for the time of a product, forward and again backward, in memory that the
/// next one takes (<see cref="Native.TensorPool"/>).
/// </summary>
internal sealed class QuantizedFunction : GradientFunction<QuantizedFunction>
{
    /// <summary>The product.</summary>
    /// <param name="projection">The layer.</param>
    /// <param name="input">[tokens, in].</param>
    /// <returns>[tokens, out].</returns>
    public static Tensor Of(Projection projection, Tensor input) => Call(input, projection.Bias?.Value!, projection);

    /// <inheritdoc/>
    protected override Tensor Forward(autograd.AutogradContext context, object[] inputs)
    {
        var (input, projection) = ((Tensor)inputs[0], (Projection)inputs[2]);
        context.save_data("projection", projection);
        context.save_data("input", input.requires_grad);
        context.save_data("bias", inputs[1] is Tensor { requires_grad: true } bias ? bias.dtype : null!);
        return projection.ForwardBase(input);
    }

    /// <inheritdoc/>
    protected override Tensor?[] Backward(autograd.AutogradContext context, IReadOnlyList<Tensor> saved, Tensor gradient)
    {
        var projection = (Projection)context.get_data("projection");
        var ofInput = (bool)context.get_data("input") ? projection.BackwardBase(gradient) : null;
        var ofBias = context.get_data("bias") is ScalarType type ? Precision.As(gradient.sum([0L], type: float32), type) : null;
        return [ofInput, ofBias, null];
    }
}
