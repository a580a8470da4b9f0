using Attune.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>What runs without gradients gives what its twin of TorchSharp's operators gives.</summary>
public sealed class InferenceKernelTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly Generator random = new(7);

    public void Dispose()
    {
        random.Dispose();
        scope.Dispose();
    }

    [Theory]
    [InlineData(1, 576)]
    [InlineData(3, 7)]
    [InlineData(130, 40)]
    public void RmsNorm(long tokens, long width)
    {
        var (x, w) = (Random(tokens, width), Random(width));
        Same(Nn.RmsNorm.Plain(x, w, 1e-5), RmsNormKernel.Forward(x, w, 1e-5));
    }

    [Theory]
    [InlineData(1, 9, 64)]
    [InlineData(5, 2, 6)]
    public void Rotary(long tokens, long heads, long size)
    {
        var (x, cos, sin) = (Random(tokens, heads, size), Random(tokens, 1, size / 2), Random(tokens, 1, size / 2));
        Same(RotaryTables.Plain(x, cos, sin), RotaryKernel.Forward(x, cos, sin));
        var gap = Random(tokens, heads, 2 * size).narrow(2, 0, size);
        Same(RotaryTables.Plain(gap, cos, sin), RotaryKernel.Forward(gap, cos, sin));
    }

    [Theory]
    [InlineData(1, 1536)]
    [InlineData(3, 13)]
    [InlineData(70, 1001)]
    public void SwiGlu(long tokens, long width)
    {
        var (g, u) = (Random(tokens, width) * 8, Random(tokens, width));
        Same(Nn.SwiGlu.Plain(g, u), SwiGluKernel.Forward(g, u));
    }

    [Theory]
    [InlineData(9, 3, 64, new[] { 5 })]
    [InlineData(4, 4, 10, new[] { 0, 3, 1 })]
    [InlineData(6, 2, 16, new[] { 120, 7 })]
    [InlineData(8, 1, 64, new[] { 2100, 1 })]
    public void One_token_over_a_cache(long heads, long keyHeads, long size, int[] lengths)
    {
        long rows = lengths.Length, capacity = lengths.Max() + 3;
        var (q, k, v) = (Random(rows, heads, size), Random(rows, keyHeads, capacity, size), Random(rows, keyHeads, capacity, size));
        Same(Attention.OneTokenPlain(q, k, v, lengths, 0.3), OneTokenKernel.Forward(q, k, v, lengths, 0.3));
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void New_tokens_in_a_cache(ScalarType type)
    {
        int[] lengths = [2, 0, 5], counts = [1, 3, 2];
        var tokens = Random(6, 4, 8).to(type);
        var (one, other) = (Random(3, 4, 9, 8).to(type), zeros(0));
        other = one.clone();
        CacheKernel.Plain(one, tokens, lengths, counts);
        CacheKernel.Write(other, tokens, lengths, counts);
        Same(one, other, 0);
    }

    [Theory]
    [InlineData(new[] { 6 })]
    [InlineData(new[] { 3, 300, 1 })]
    public void Rows_without_a_cache(int[] lengths)
    {
        long tokens = lengths.Sum();
        var (q, k, v) = (Random(tokens, 6, 8), Random(tokens, 2, 8), Random(tokens, 2, 8));
        using var rows = PackedRows.From([.. lengths.Select(length => new int[length])], CPU);
        using var mode = no_grad();
        Same(Attention.Plain(q, k, v, lengths, 0.4), Attention.Forward(q, k, v, rows, 0.4));
    }

    private Tensor Random(params long[] shape) => randn(shape, generator: random);

    private static void Same(Tensor expected, Tensor actual, double tolerance = 2e-6)
    {
        Assert.Equal(expected.shape, actual.shape);
        float[] wanted = TensorMemory.ToFloats(expected), got = TensorMemory.ToFloats(actual);
        double largest = wanted.Max(MathF.Abs);
        Assert.All(wanted.Zip(got), pair => Assert.InRange(pair.Second, pair.First - (tolerance * largest), pair.First + (tolerance * largest)));
    }
}
