using Attune.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>A kernel gives what its twin of TorchSharp's operators gives.</summary>
public sealed class KernelTests : IDisposable
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
    [InlineData(1, 576)]
    [InlineData(3, 7)]
    [InlineData(130, 40)]
    public void RmsNorm_s_gradient(long tokens, long width)
    {
        var (x, w, d) = (Random(tokens, width), Random(width), Random(tokens, width));
        var leaf = x.clone().requires_grad_();
        Nn.RmsNorm.Plain(leaf, w, 1e-5).backward([d]);
        Same(leaf.grad!, RmsNormKernel.Backward(x, w, d, 1e-5), 5e-6);
        Same(leaf.grad!, Nn.RmsNorm.PlainGradient(x, w, d, 1e-5), 5e-6);
    }

    [Theory]
    [InlineData(1, 1536)]
    [InlineData(3, 13)]
    [InlineData(70, 1001)]
    public void SwiGlu_s_gradients(long tokens, long width)
    {
        var (g, u, d) = (Random(tokens, width) * 8, Random(tokens, width), Random(tokens, width));
        var (gate, up) = (g.clone().requires_grad_(), u.clone().requires_grad_());
        Nn.SwiGlu.Plain(gate, up).backward([d]);
        foreach (var (ofGate, ofUp) in new[] { SwiGluKernel.Backward(g, u, d), Nn.SwiGlu.PlainGradients(g, u, d) })
        {
            Same(gate.grad!, ofGate, 5e-6);
            Same(up.grad!, ofUp, 5e-6);
        }
    }

    [Theory]
    [InlineData(1, 1536)]
    [InlineData(3, 13)]
    [InlineData(200, 101)]
    public void Gelu_behind_a_bias(long tokens, long width)
    {
        var (x, b, d) = (Random(tokens, width) * 3, Random(width), Random(tokens, width));
        Same(Nn.Gelu.Plain(x, b), GeluKernel.Forward(x, b));
        var (input, bias) = (x.clone().requires_grad_(), b.clone().requires_grad_());
        Nn.Gelu.Plain(input, bias).backward([d]);
        foreach (var (ofInput, ofBias) in new[] { Nn.Gelu.PlainGradients(x, b, d), GeluKernel.Backward(x, b, d) })
        {
            Same(input.grad!, ofInput, 5e-6);
            Same(bias.grad!, ofBias, 5e-6);
        }
    }

    [Theory]
    [InlineData(1, 384)]
    [InlineData(3, 7)]
    [InlineData(200, 40)]
    public void LayerNorm_of_a_sum(long tokens, long width)
    {
        var (x, b, r, w, s, d) = (Random(tokens, width), Random(width), Random(tokens, width), Random(width), Random(width), Random(tokens, width));
        Same(Nn.LayerNorm.Plain(x, w, s, 1e-5), LayerNormKernel.Forward(x, null, null, w, s, 1e-5));
        var (input, weight, shift) = ((x + b + r).requires_grad_(), w.clone().requires_grad_(), s.clone().requires_grad_());
        var expected = Nn.LayerNorm.Plain(input, weight, shift, 1e-5);
        var sum = x.clone();
        Same(expected, LayerNormKernel.Forward(sum, b, r, w, s, 1e-5));
        Same(input, sum);
        Same(input, Nn.LayerNorm.PlainSum(x.clone(), b, r));
        expected.backward([d]);
        foreach (var (ofSum, ofWeight, ofShift, ofBias) in new[] { Nn.LayerNorm.PlainGradients(sum, w, d, 1e-5), LayerNormKernel.Backward(sum, w, d, 1e-5, inPlace: false), LayerNormKernel.Backward(sum, w, d, 1e-5, inPlace: true) })
        {
            Same(input.grad!, ofSum, 5e-6);
            Same(weight.grad!, ofWeight, 5e-6);
            Same(shift.grad!, ofShift, 5e-6);
            Assert.InRange((input.grad!.sum([0L]) - ofBias).abs().max().ToDouble(), 0, 1e-5 * tokens);
        }
    }

    [Theory]
    [InlineData(new[] { 5 }, 2, 8)]
    [InlineData(new[] { 4, 4, 17, 1, 33 }, 3, 32)]
    [InlineData(new[] { 3, 130 }, 2, 7)]
    public void Encoder_attention(int[] lengths, long heads, long size)
    {
        long tokens = lengths.Sum();
        var (q, k, v, d) = (Random(tokens, heads, size), Random(tokens, heads, size), Random(tokens, heads, size), Random(tokens, heads, size));
        Same(EncoderAttention.InProducts(q, k, v, lengths, 0.4), EncoderAttentionKernel.Forward(q, k, v, lengths, 0.4));
        var expected = EncoderAttention.GradientsInProducts([q, k, v], d, lengths, 0.4);
        EncoderAttentionKernel.Backward(q, k, v, d, lengths, 0.4);
        Same(expected[0], q, 5e-6);
        Same(expected[1], k, 5e-6);
        Same(expected[2], v, 5e-6);
    }

    [Fact]
    public void A_power_of_e_is_near()
    {
        for (float x = -87; x < 88; x += 0.37f)
        {
            Assert.InRange(VectorExp.Of(new System.Numerics.Vector<float>(x))[0] / Math.Exp(x), 1 - 2.5e-7, 1 + 2.5e-7);
        }

        Assert.Equal(float.NaN, VectorExp.Of(new System.Numerics.Vector<float>(float.NaN))[0]);
        Assert.Equal(VectorExp.Of(new System.Numerics.Vector<float>(-87))[0], VectorExp.Of(new System.Numerics.Vector<float>(float.NegativeInfinity))[0]);
        Assert.Equal(VectorExp.Of(new System.Numerics.Vector<float>(88))[0], VectorExp.Of(new System.Numerics.Vector<float>(float.PositiveInfinity))[0]);
    }

    [Fact]
    public void Turning_back_undoes_turning()
    {
        var (x, angle) = (Random(70, 3, 32), Random(70, 1, 16));
        Same(x, RotaryKernel.Forward(RotaryKernel.Forward(x, angle.cos(), angle.sin()), angle.cos(), angle.sin().neg()), 5e-6);
    }

    // In bfloat16 a kernel rounds once, its twin at every step: both are near to what float32 gives.
    [Theory]
    [InlineData(3, 13)]
    [InlineData(70, 96)]
    public void Kernels_take_bfloat16(long tokens, long width)
    {
        const double Near = 1.0 / 128;
        var (x, y, w, d) = (Half(tokens, width), Half(tokens, width), Half(width), Half(tokens, width));
        Tensor Wide(Tensor tensor) => tensor.to(float32);
        Same(Nn.RmsNorm.Plain(Wide(x), Wide(w), 1e-5), RmsNormKernel.Forward(x, w, 1e-5).to(float32), Near);
        Same(Nn.RmsNorm.PlainGradient(Wide(x), Wide(w), Wide(d), 1e-5), RmsNormKernel.Backward(x, w, d, 1e-5).to(float32), Near);
        Same(Nn.SwiGlu.Plain(Wide(x), Wide(y)), SwiGluKernel.Forward(x, y).to(float32), Near);
        var (wanted, got) = (Nn.SwiGlu.PlainGradients(Wide(x), Wide(y), Wide(d)), SwiGluKernel.Backward(x, y, d));
        Same(wanted.Gate, got.Gate.to(float32), Near);
        Same(wanted.Up, got.Up.to(float32), Near);
        Same(Nn.Gelu.Plain(Wide(x), Wide(w)), GeluKernel.Forward(x, w).to(float32), Near);
        Same(Nn.LayerNorm.Plain(Wide(x) + Wide(w) + Wide(y), Wide(w), Wide(w), 1e-5), LayerNormKernel.Forward(x.clone(), w, y, w, w, 1e-5).to(float32), Near);
        Same(Nn.LayerNorm.PlainGradients(Wide(x), Wide(w), Wide(d), 1e-5).Sum, LayerNormKernel.Backward(x, w, d, 1e-5, inPlace: false).Sum.to(float32), Near);
        var (activated, ofBias) = Nn.Gelu.PlainGradients(Wide(x), Wide(w), Wide(d));
        var gelu = GeluKernel.Backward(x.clone(), w, d);
        Same(activated, gelu.Input.to(float32), Near);
        Same(ofBias, gelu.Bias.to(float32), Near);
        int[] lengths = [(int)tokens - 2, 2];
        Tensor[] heads = [.. Enumerable.Range(0, 4).Select(_ => Half(tokens, 3, 16))], wide = [.. heads.Select(Wide)];
        Same(EncoderAttention.InProducts(wide[0], wide[1], wide[2], lengths, 0.4), EncoderAttentionKernel.Forward(heads[0], heads[1], heads[2], lengths, 0.4).to(float32), Near);
        var ofHeads = EncoderAttention.GradientsInProducts(wide[..3], wide[3], lengths, 0.4);
        EncoderAttentionKernel.Backward(heads[0], heads[1], heads[2], heads[3], lengths, 0.4);
        Same(ofHeads[0], heads[0].to(float32), Near);
        Same(ofHeads[1], heads[1].to(float32), Near);
        Same(ofHeads[2], heads[2].to(float32), Near);
        var (q, cos, sin) = (Half(tokens, 2, 34), Half(tokens, 1, 17), Half(tokens, 1, 17));
        Same(RotaryTables.Plain(Wide(q), Wide(cos), Wide(sin)), RotaryKernel.Forward(q, cos, sin).to(float32), Near);
    }

    [Fact]
    public void Bfloat16_is_rounded_as_torch_rounds_it()
    {
        float[] values = [0, -0f, 1, 1.00390625f, 1.01171875f, 3.4e38f, float.MaxValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN, 1e-40f, -1e-45f,
            .. Enumerable.Range(0, 200).Select(i => BitConverter.UInt32BitsToSingle((uint)i * 0x0147_1357))];
        ushort[] expected = [.. TensorMemory.ToFloats(tensor(values).to(bfloat16).to(float32)).Select(value => (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16))];
        ushort[] one = [.. values.Select(BFloat16Element.FromFloat)], many = Rounded(values);
        for (int i = 0; i < values.Length; i++)
        {
            bool isNaN = float.IsNaN(values[i]);
            Assert.True(isNaN ? float.IsNaN(BFloat16Element.ToFloat(one[i])) && float.IsNaN(BFloat16Element.ToFloat(many[i])) : one[i] == expected[i] && many[i] == expected[i], $"{values[i]:R}");
        }
    }

    [Theory]
    [InlineData(9, 3, 64, new[] { 5 })]
    [InlineData(4, 4, 10, new[] { 0, 3, 1 })]
    [InlineData(4, 2, 24, new[] { 6 })]
    [InlineData(6, 2, 16, new[] { 120, 7 })]
    [InlineData(8, 1, 64, new[] { 2100, 1 })]
    public void One_token_over_a_cache(long heads, long keyHeads, long size, int[] lengths)
    {
        long rows = lengths.Length, capacity = lengths.Max() + 3;
        var (q, k, v) = (Random(rows, heads, size), Random(rows, keyHeads, capacity, size), Random(rows, keyHeads, capacity, size));
        Same(Attention.OneTokenPlain(q, k, v, lengths, 0.3), OneTokenKernel.Forward(q, k, v, lengths, 0.3));

        // In bfloat16 the kernel's sums are float32: what the twin says of the same numbers in float32, rounded once.
        (q, k, v) = (q.to(bfloat16), k.to(bfloat16), v.to(bfloat16));
        var narrow = OneTokenKernel.Forward(q, k, v, lengths, 0.3);
        Assert.Equal(bfloat16, narrow.dtype);
        Same(Attention.OneTokenPlain(q.to(float32), k.to(float32), v.to(float32), lengths, 0.3), narrow.to(float32), 1e-2);
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
    [InlineData(new[] { 6 }, 6, 2, 8)]
    [InlineData(new[] { 3, 300, 1 }, 6, 2, 8)]
    [InlineData(new[] { 17, 600 }, 2, 2, 10)]
    [InlineData(new[] { 40, 1, 33 }, 8, 1, 64)]
    public void Rows_without_a_cache(int[] lengths, long heads, long keyHeads, long size)
    {
        long tokens = lengths.Sum();
        Tensor[] inputs = [Half(tokens, heads, size).to(float32), Half(tokens, keyHeads, size).to(float32), Half(tokens, keyHeads, size).to(float32)], leaves = [.. inputs.Select(one => one.clone().requires_grad_())];
        var d = Half(tokens, heads, size).to(float32);
        var plain = Attention.Plain(leaves[0], leaves[1], leaves[2], lengths, 0.4);
        plain.backward([d.flatten(1)]);
        Tensor[] gradients = [.. leaves.Select(leaf => leaf.grad!)];
        using var mode = no_grad();
        Same(plain, AttentionInBlocks.Forward(inputs[0], inputs[1], inputs[2], lengths, 0.4).flatten(1));
        All(gradients, AttentionInBlocks.Backward(inputs[0], inputs[1], inputs[2], d, lengths, 0.4), 5e-6);
        InKernel(inputs, d, 2e-6, 5e-6);
        InKernel([.. inputs.Select(one => one.to(bfloat16))], d.to(bfloat16), 1e-2, 2e-2);

        void InKernel(Tensor[] own, Tensor gradient, double near, double nearGradients)
        {
            var (keys, logSums) = (KeyPlaces.Packed(own[1], lengths), empty(tokens, heads));
            var output = AttentionKernel.Forward(own[0], keys, own[2], 0.4, logSums);
            Same(plain, output.flatten(1).to(float32), near);
            var (ofQuery, ofKey, ofValue) = AttentionKernel.Backward(own[0], keys, own[2], output, logSums, gradient, 0.4);
            All(gradients, (ofQuery.to(float32), ofKey.to(float32), ofValue.to(float32)), nearGradients);
        }

        static void All(Tensor[] expected, (Tensor Query, Tensor Key, Tensor Value) actual, double near)
        {
            Same(expected[0], actual.Query, near);
            Same(expected[1], actual.Key, near);
            Same(expected[2], actual.Value, near);
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32, 2e-6)]
    [InlineData(ScalarType.BFloat16, 1e-2)]
    public void Several_tokens_behind_cached_ones(ScalarType type, double near)
    {
        int[] past = [0, 5, 130], counts = [300, 1, 40];
        var (q, keys, values) = (Random(341, 6, 8), Random(3, 2, 384, 8), Random(3, 2, 384, 8));
        Tensor[] expected = [.. counts.Select((count, row) =>
        {
            int all = past[row] + count;
            Tensor Of(Tensor cache) => cache[row].narrow(1, 0, all).transpose(0, 1);
            var whole = cat([zeros(past[row], 6, 8), q.narrow(0, counts[..row].Sum(), count)], 0);
            return Attention.Plain(whole, Of(keys), Of(values), [all], 0.4).narrow(0, past[row], count);
        })];
        var plain = cat(expected, 0);
        using var mode = no_grad();
        Same(plain, AttentionInBlocks.Cached(q, keys, values, counts, past, 0.4).flatten(1));
        Same(plain, AttentionKernel.Forward(q.to(type), KeyPlaces.Cached(keys.to(type), counts, past), values.to(type), 0.4).flatten(1).to(float32), near);
    }

    private static unsafe ushort[] Rounded(float[] values)
    {
        int step = IKernelElement<ushort>.Step, count = System.Numerics.Vector<float>.Count;
        float[] padded = [.. values, .. new float[step]];
        var result = new ushort[padded.Length];
        fixed (float* from = padded)
        fixed (ushort* to = result)
        {
            for (int i = 0; i + step <= padded.Length; i += step)
            {
                BFloat16Element.Store(to + i, System.Numerics.Vector.Load(from + i), System.Numerics.Vector.Load(from + i + count));
            }
        }

        return result;
    }

    private Tensor Half(params long[] shape) => Random(shape).to(bfloat16);

    private Tensor Random(params long[] shape) => randn(shape, generator: random);

    private static void Same(Tensor expected, Tensor actual, double tolerance = 2e-6)
    {
        Assert.Equal(expected.shape, actual.shape);
        float[] wanted = TensorMemory.ToFloats(expected), got = TensorMemory.ToFloats(actual);
        double largest = wanted.Max(MathF.Abs);
        Assert.All(wanted.Zip(got), pair => Assert.InRange(pair.Second, pair.First - (tolerance * largest), pair.First + (tolerance * largest)));
    }
}
