using Attune.Nn;
using BenchmarkDotNet.Attributes;
using static TorchSharp.torch;

namespace Attune.Benchmarks.Kernels;

/// <summary>gelu(x + bias) of MiniLM-L6. The kernel puts the gradient into the input's memory: the next time goes on from there, with numbers of like size.</summary>
public class GeluBenchmark : LayerBenchmark
{
    private Tensor input = null!, bias = null!, gradient = null!;

    /// <inheritdoc/>
    protected override void Prepare() => (input, bias, gradient) = (Leaf(Tokens, 1536), Leaf(1536), Normal(Tokens, 1536));

    /// <summary>By TorchSharp's operators.</summary>
    [Benchmark(Baseline = true)]
    public void Plain() => Run(() => Gelu.Plain(input, bias), gradient, input, bias);

    /// <summary>In the kernel.</summary>
    [Benchmark]
    public void Kernel() => Run(() => Gelu.Forward(input, bias), gradient, input, bias);
}
