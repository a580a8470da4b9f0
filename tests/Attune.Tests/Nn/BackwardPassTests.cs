using Attune.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>What goes wrong while gradients are computed is an error with its place: it neither hangs nor is passed over.</summary>
public sealed class BackwardPassTests
{
    [Fact]
    public void An_exception_in_a_gradient_function_names_it()
    {
        using var scope = NewDisposeScope();
        var input = ones([3], requires_grad: true);
        var thrown = Assert.Throws<AttuneException>(() => BackwardPass.Run(Broken.Of(input, Failing("a mistake")).sum()));
        Assert.Equal(ExitCode.Internal, thrown.ExitCode);
        Assert.Equal("gradient of Broken", thrown.Place);
        Assert.Contains("InvalidOperationException: a mistake", thrown.Problem);
        Assert.IsType<InvalidOperationException>(thrown.InnerException);
    }

    [Fact]
    public void An_error_with_place_and_cure_stays_what_it_is()
    {
        using var scope = NewDisposeScope();
        var input = ones([3], requires_grad: true);
        var error = new AttuneException(ExitCode.MemoryTooSmall, "here", "too little memory", "take less");
        Assert.Same(error, Assert.Throws<AttuneException>(() => BackwardPass.Run(Broken.Of(input, (Action)(() => throw error)).sum())));
    }

    [Fact]
    public void A_mistake_of_libtorch_inside_of_a_gradient_is_told_too()
    {
        using var scope = NewDisposeScope();
        var input = ones([3], requires_grad: true);
        Assert.Contains("gradient of Broken", Assert.Throws<AttuneException>(() => BackwardPass.Run(Broken.Of(input, (Action)(() => ones([2]).add(ones([3])))).sum())).Message);
    }

    [Fact]
    public void An_exception_before_the_gradient_is_thrown_as_it_is()
    {
        using var scope = NewDisposeScope();
        var input = ones([3], requires_grad: true);
        Assert.Throws<InvalidCastException>(() => Broken.Of(input, "no action"));
    }

    [Fact]
    public void So_is_one_in_a_block_that_is_computed_again_and_the_next_pass_is_right()
    {
        using var scope = NewDisposeScope();
        var input = ones([3], requires_grad: true);
        var fails = Failing("inside");
        var checkpointed = Checkpointed.Of(x => Broken.Of(x, fails) * 2, input).sum();
        Assert.Contains("inside", Assert.Throws<AttuneException>(() => BackwardPass.Run(checkpointed)).Message);
        var other = ones([3], requires_grad: true);
        BackwardPass.Run((Broken.Of(other, (Action)(() => { })) * 3).sum());
        Assert.Equal([3f, 3f, 3f], other.grad!.data<float>().ToArray());
    }

    private static Action Failing(string message) => () => throw new InvalidOperationException(message);

    private sealed class Broken : GradientFunction<Broken>
    {
        public static Tensor Of(Tensor input, object before) => Call(input, before);

        protected override Tensor Forward(autograd.AutogradContext context, object[] inputs)
        {
            context.save_data("before", (Action)inputs[1]);
            return ((Tensor)inputs[0]).clone();
        }

        protected override Tensor?[] Backward(autograd.AutogradContext context, IReadOnlyList<Tensor> saved, Tensor gradient)
        {
            ((Action)context.get_data("before"))();
            return [gradient.clone(), null];
        }
    }
}
