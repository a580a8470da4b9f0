using Attune.Nn;
using BenchmarkDotNet.Attributes;
using static TorchSharp.torch;

namespace Attune.Benchmarks.Kernels;

/// <summary>
/// The layer norm of a sum as MiniLM-L6 has it, all of it trained. The kernel puts the sum into the input's memory: what is added here is zero, so that
/// numbers do not grow from one time to the next.
/// </summary>
public class LayerNormBenchmark : LayerBenchmark
{
    private const double Epsilon = 1e-12;

    private LayerNorm norm = null!;
    private Tensor input = null!, bias = null!, before = null!, weight = null!, shift = null!, gradient = null!;

    /// <inheritdoc/>
    protected override void Prepare()
    {
        norm = Own(new LayerNorm(384, Epsilon));
        (input, gradient) = (Leaf(Tokens, 384), Normal(Tokens, 384));
        bias = zeros([384], Precision, CPU, Gradient);
        before = zeros([Tokens, 384], Precision, CPU, Gradient);
        norm.Weight.Set(Normal(384));
        norm.Bias.Set(Normal(384));
        (weight, shift) = (norm.Weight.Value.requires_grad_(Gradient), norm.Bias.Value.requires_grad_(Gradient));
    }

    /// <summary>By TorchSharp's operators.</summary>
    [Benchmark(Baseline = true)]
    public void Plain() => Run(() => LayerNorm.Plain(input + bias + before, weight, shift, Epsilon), gradient, input, bias, before, weight, shift);

    /// <summary>In the kernel.</summary>
    [Benchmark]
    public void Kernel() => Run(() => norm.ForwardSum(input, bias, before), gradient, input, bias, before, weight, shift);
}
