using Attune.Tuning;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>Attention in both directions beside its plain twin: rows of like length next to each other, and rows apart.</summary>
public sealed class EncoderAttentionTests
{
    [Theory]
    [InlineData(5)]
    [InlineData(4, 4, 4, 2, 7, 7, 1)]
    [InlineData(1, 1, 9, 3, 9)]
    public void Outputs_and_gradients_are_the_twins(params int[] lengths)
    {
        using var scope = NewDisposeScope();
        using var rows = SmallModel.Rows(lengths);
        var inputs = Enumerable.Range(0, 3).Select(i => Noise.Normal(i, "x", [rows.Count, 3, 8], 1, CPU).requires_grad_(true)).ToArray();
        var twins = inputs.Select(input => input.detach().clone().requires_grad_(true)).ToArray();
        var weights = Noise.Normal(9, "w", [rows.Count, 24], 1, CPU);
        var own = inputs.Select(input => input * 1).ToArray(); // Their memory becomes their gradients'.
        var output = EncoderAttention.Forward(own[0], own[1], own[2], rows, 0.4);
        var plain = EncoderAttention.Plain(twins[0], twins[1], twins[2], lengths, 0.4);
        Assert.True(SmallModel.Off(plain, output) < 1e-6);
        (output * weights).sum().backward();
        (plain * weights).sum().backward();
        foreach (var (expected, actual) in twins.Zip(inputs))
        {
            Assert.True(SmallModel.Off(expected.grad!, actual.grad!) < 1e-5 * expected.grad!.abs().max().ToDouble());
        }

        using var noGradient = no_grad();
        Assert.True(SmallModel.Off(plain, EncoderAttention.Forward(inputs[0], inputs[1], inputs[2], rows, 0.4)) < 1e-6);
    }

    [Theory]
    [InlineData(24, 1, 9, 3, 30)]
    [InlineData(10, 5, 17)]
    public void Biases_that_products_lack_are_added_and_the_keys_changes_nothing(int size, params int[] lengths)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var rows = SmallModel.Rows(lengths);
        var inputs = Enumerable.Range(0, 3).Select(i => Noise.Normal(i, "x", [rows.Count, 3, size], 1, CPU)).ToArray();
        var biases = Enumerable.Range(0, 3).Select(i => Noise.Normal(i, "bias", [3 * size], 1, CPU)).ToArray();
        var with = inputs.Zip(biases, (input, bias) => input + bias.view(3, size)).ToArray();
        var plain = EncoderAttention.Plain(with[0], with[1], with[2], lengths, 0.3);
        var apart = EncoderAttention.ForwardApart(inputs[0], inputs[1], inputs[2], biases[0], biases[2], rows, 0.3);
        Assert.True(SmallModel.Off(plain, apart) < 3e-6);
        Tensor Narrow(Tensor wide) => wide.to(bfloat16);
        var narrow = EncoderAttention.ForwardApart(Narrow(inputs[0]), Narrow(inputs[1]), Narrow(inputs[2]), Narrow(biases[0]), Narrow(biases[2]), rows, 0.3);
        Assert.True(SmallModel.Off(plain, narrow.to(float32)) < 5e-2);

        // What the kernel does not take.
        Tensor Wide(Tensor one) => one.to(float64);
        var wide = EncoderAttention.ForwardApart(Wide(inputs[0]), Wide(inputs[1]), Wide(inputs[2]), Wide(biases[0]), Wide(biases[2]), rows, 0.3);
        Assert.True(SmallModel.Off(plain, wide.to(float32)) < 3e-6);
    }
}
