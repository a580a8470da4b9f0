using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>
/// A block whose values are not kept: the backward pass computes them again from the block's input (Chen et al. 2016). It needs the memory of
/// one block at a time and about a third more time; losses and gradients are the same to the bit, dropout's too.
/// </summary>
internal sealed class Checkpointed : GradientFunction<Checkpointed>
{
    /// <summary>Runs a block.</summary>
    /// <param name="block">Input to output; run twice, so it must do the same both times.</param>
    /// <param name="input">[tokens, width].</param>
    /// <returns>The block's output.</returns>
    public static Tensor Of(Func<Tensor, Tensor> block, Tensor input)
    {
        // The block's parameters are no inputs of this function. That they want gradients libtorch has to be told by an input that does.
        using var scope = NewDisposeScope();
        var wants = zeros([0], dtype: float32, device: input.device, requires_grad: true);
        return Call(input, wants, block).MoveToOuterDisposeScope();
    }

    protected override Tensor Forward(autograd.AutogradContext context, object[] inputs)
    {
        var (input, block) = ((Tensor)inputs[0], (Func<Tensor, Tensor>)inputs[2]);
        context.save_for_backward([input, Chance(input.device).get_state()]);
        context.save_data("block", block);
        context.save_data("input", input.requires_grad);

        // With gradients on, so that the kernels are those of the second time: without, some round otherwise.
        using var gradients = enable_grad();
        return block(input.detach()).detach();
    }

    protected override Tensor?[] Backward(autograd.AutogradContext context, IReadOnlyList<Tensor> saved, Tensor gradient)
    {
        var generator = Chance(gradient.device);
        var later = generator.get_state();
        generator.set_state(saved[1]);
        var input = saved[0].detach().requires_grad_((bool)context.get_data("input"));
        using (enable_grad())
        {
            var output = ((Func<Tensor, Tensor>)context.get_data("block"))(input);
            if (output.requires_grad)
            {
                autograd.backward([output], [gradient]);
            }
        }

        generator.set_state(later);
        return [input.grad, null, null];
    }

    private static Generator Chance(Device device) => device.type == DeviceType.CPU ? Generator.Default
        : throw new AttuneException(ExitCode.Usage, "train.checkpoint_activations", $"works on the CPU only: on {device.type} the state of chance cannot be read", "leave it out and lower train.micro_batch_tokens");
}
