using Attune.Nn;
using BenchmarkDotNet.Attributes;
using static TorchSharp.torch;

namespace Attune.Benchmarks.Kernels;

/// <summary>
/// Attention of MiniLM-L6 within rows of several lengths. The kernel puts gradients into its inputs' memory, and gradients of gradients would soon be
/// nothing: all three work on copies, and their time counts.
/// </summary>
public class EncoderAttentionBenchmark : LayerBenchmark
{
    private static readonly double Scale = 1 / Math.Sqrt(32);
    private static readonly int[] Lengths = [256, 224, 192, 176, 160, 144, 128, 128, 112, 112, 96, 96, 80, 64, 48, 32];

    private PackedRows rows = null!;
    private Tensor query = null!, key = null!, value = null!, gradient = null!;

    /// <inheritdoc/>
    protected override void Prepare()
    {
        rows = Own(PackedRows.From([.. Lengths.Select(length => new int[length])], CPU));
        (query, key, value, gradient) = (Leaf(Tokens, 12, 32), Leaf(Tokens, 12, 32), Leaf(Tokens, 12, 32), Normal(Tokens, 12 * 32));
    }

    /// <summary>By TorchSharp's operators, row by row.</summary>
    [Benchmark(Baseline = true)]
    public void Plain() => Run(() => EncoderAttention.Plain(query.clone(), key.clone(), value.clone(), Lengths, Scale), gradient, query, key, value);

    /// <summary>By libtorch's own fused attention, row by row.</summary>
    [Benchmark]
    public void Fused() => Run(() => FusedAttention.Of(query.clone(), key.clone(), value.clone(), Lengths, isCausal: false), gradient, query, key, value);

    /// <summary>In the kernel.</summary>
    [Benchmark]
    public void Kernel() => Run(() => EncoderAttention.Forward(query.clone(), key.clone(), value.clone(), rows, Scale), gradient, query, key, value);
}
