using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>
/// A function with a gradient of its own that keeps nothing longer than it must. TorchSharp's handles would hold every output twice (it makes an
/// empty twin of each) until the forward pass's scope ends, and every saved tensor and every gradient until the backward pass's scope ends: a step
/// would need the memory of all of its values at once. Here what is saved goes as soon as its gradient is made, and a gradient as soon as the
/// next function has taken it.
/// </summary>
/// <typeparam name="T">The function itself.</typeparam>
internal abstract class GradientFunction<T> : autograd.SingleTensorFunction<T>
    where T : GradientFunction<T>, new()
{
    private int inputs;

    /// <inheritdoc/>
    public sealed override string Name => typeof(T).Name;

    /// <summary>Computes the output, and remembers what its gradient needs.</summary>
    /// <param name="inputs">What <c>Forward</c> takes: tensors, nulls and settings.</param>
    protected static Tensor Call(params object[] inputs)
    {
        using var scope = NewDisposeScope();
        return apply(inputs).MoveToOuterDisposeScope();
    }

    /// <summary>Computes the output; whatever else it makes is freed after it.</summary>
    /// <param name="context">Where it saves what the gradient needs.</param>
    /// <param name="inputs">What it was called with.</param>
    protected abstract Tensor Forward(autograd.AutogradContext context, object[] inputs);

    /// <summary>Computes a gradient for each input that wants one; whatever else it makes is freed after it.</summary>
    /// <param name="context">Where the settings were saved.</param>
    /// <param name="saved">The tensors that were saved, in their order.</param>
    /// <param name="gradient">Of the output.</param>
    /// <returns>One entry for each input; null where there is no gradient.</returns>
    protected abstract Tensor?[] Backward(autograd.AutogradContext context, IReadOnlyList<Tensor> saved, Tensor gradient);

    /// <inheritdoc/>
    public sealed override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        inputs = vars.Length;
        return Forward(ctx, vars);
    }

    /// <inheritdoc/>
    public sealed override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        Tensor?[] gradients;
        try
        {
            gradients = Backward(ctx, ctx.get_saved_variables(), grad_output);
        }
#pragma warning disable CA1031 // An exception must not cross libtorch's frames: the process would hang. BackwardPass throws it again.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            BackwardPass.Fail(Name, fault);
            gradients = new Tensor?[inputs];
        }

        ctx.Dispose();
        GradientHandles.Replace(gradients);
        grad_output.Dispose();
        return [.. gradients.Select(one => one!)];
    }
}
