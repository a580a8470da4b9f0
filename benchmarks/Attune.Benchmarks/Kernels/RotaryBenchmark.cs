using Attune.Nn;
using BenchmarkDotNet.Attributes;
using static TorchSharp.torch;

namespace Attune.Benchmarks.Kernels;

/// <summary>Rotary positions of SmolLM2-135M's queries.</summary>
public class RotaryBenchmark : LayerBenchmark
{
    private Tensor input = null!, gradient = null!;
    private RotaryTables tables = null!;

    /// <inheritdoc/>
    protected override void Prepare()
    {
        (input, gradient) = (Leaf(Tokens, 9, 64), Normal(Tokens, 9, 64));
        var angles = Normal(Tokens, 1, 32);
        tables = new RotaryTables(angles.cos(), angles.sin());
    }

    /// <summary>By TorchSharp's operators.</summary>
    [Benchmark(Baseline = true)]
    public void Plain() => Run(() => RotaryTables.Plain(input, tables.Cos, tables.Sin), gradient, input);

    /// <summary>In the kernel.</summary>
    [Benchmark]
    public void Kernel() => Run(() => tables.Rotate(input), gradient, input);
}
