using Attune.Nn;
using BenchmarkDotNet.Attributes;
using static TorchSharp.torch;

namespace Attune.Benchmarks.Kernels;

/// <summary>Causal attention of SmolLM2-135M within rows of several lengths, nine query heads over three key heads.</summary>
public class AttentionBenchmark : LayerBenchmark
{
    private const double Scale = 0.125;
    private static readonly int[] Lengths = [700, 512, 400, 256, 180];

    private PackedRows rows = null!;
    private Tensor query = null!, key = null!, value = null!, gradient = null!;

    /// <inheritdoc/>
    protected override void Prepare()
    {
        rows = Own(PackedRows.From([.. Lengths.Select(length => new int[length])], CPU));
        (query, key, value, gradient) = (Leaf(Tokens, 9, 64), Leaf(Tokens, 3, 64), Leaf(Tokens, 3, 64), Normal(Tokens, 9 * 64));
    }

    /// <summary>By TorchSharp's operators, row by row with a full mask.</summary>
    [Benchmark(Baseline = true)]
    public void Plain() => Run(() => Attention.Plain(query, key, value, Lengths, Scale), gradient, query, key, value);

    /// <summary>By libtorch's own fused attention, row by row.</summary>
    [Benchmark]
    public void Fused() => Run(() => FusedAttention.Of(query, key, value, Lengths, isCausal: true), gradient, query, key, value);

    /// <summary>In the kernel.</summary>
    [Benchmark]
    public void Kernel() => Run(() => Attention.Forward(query, key, value, rows, Scale), gradient, query, key, value);
}
