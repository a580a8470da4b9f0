using Attune.Nn;
using BenchmarkDotNet.Attributes;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Benchmarks.Kernels;

/// <summary>Attention of one new token a row over SmolLM2-135M's cache: eight sequences of several lengths.</summary>
public class OneTokenBenchmark : KernelBenchmark
{
    private const double Scale = 0.125;
    private static readonly int[] Lengths = [500, 450, 400, 350, 300, 250, 200, 150];

    private Tensor query = null!, keys = null!, values = null!;

    /// <summary>What is computed in.</summary>
    [Params(ScalarType.Float32, ScalarType.BFloat16)]
    public ScalarType Precision { get; set; }

    /// <inheritdoc/>
    protected override void Prepare() =>
        (query, keys, values) = (Normal(Precision, Lengths.Length, 9, 64), Normal(Precision, Lengths.Length, 3, 512, 64), Normal(Precision, Lengths.Length, 3, 512, 64));

    /// <summary>By TorchSharp's operators.</summary>
    [Benchmark(Baseline = true)]
    public void Plain() => Compute(() => Attention.OneTokenPlain(query, keys, values, Lengths, Scale));

    /// <summary>In the kernel.</summary>
    [Benchmark]
    public void Kernel() => Compute(() => OneTokenKernel.Forward(query, keys, values, Lengths, Scale));
}
