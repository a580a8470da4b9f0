using Attune.Nn;
using BenchmarkDotNet.Attributes;
using static TorchSharp.torch;

namespace Attune.Benchmarks.Kernels;

/// <summary>silu(gate) * up of SmolLM2-135M.</summary>
public class SwiGluBenchmark : LayerBenchmark
{
    private Tensor gate = null!, up = null!, gradient = null!;

    /// <inheritdoc/>
    protected override void Prepare() => (gate, up, gradient) = (Leaf(Tokens, 1536), Leaf(Tokens, 1536), Normal(Tokens, 1536));

    /// <summary>By TorchSharp's operators.</summary>
    [Benchmark(Baseline = true)]
    public void Plain() => Run(() => SwiGlu.Plain(gate, up), gradient, gate, up);

    /// <summary>In the kernel.</summary>
    [Benchmark]
    public void Kernel() => Run(() => SwiGlu.Forward(gate, up), gradient, gate, up);
}
