using Attune.Nn;
using BenchmarkDotNet.Attributes;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Benchmarks.Kernels;

/// <summary>New keys written into SmolLM2-135M's cache: one token of each of eight sequences.</summary>
public class CacheBenchmark : KernelBenchmark
{
    private static readonly int[] Lengths = [500, 450, 400, 350, 300, 250, 200, 150], Counts = [1, 1, 1, 1, 1, 1, 1, 1];

    private Tensor cache = null!, tokens = null!;

    /// <summary>What the cache holds.</summary>
    [Params(ScalarType.Float32, ScalarType.BFloat16)]
    public ScalarType Precision { get; set; }

    /// <inheritdoc/>
    protected override void Prepare() => (cache, tokens) = (Normal(Precision, Lengths.Length, 3, 512, 64), Normal(Precision, Lengths.Length, 3, 64));

    /// <summary>By TorchSharp's operators.</summary>
    [Benchmark(Baseline = true)]
    public void Plain() => CacheKernel.Plain(cache, tokens, Lengths, Counts);

    /// <summary>In the kernel.</summary>
    [Benchmark]
    public void Kernel() => CacheKernel.Write(cache, tokens, Lengths, Counts);
}
