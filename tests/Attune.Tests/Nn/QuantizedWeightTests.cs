using Attune.Formats;
using Attune.Models;
using Attune.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>Products with quantised blocks (QuantizedProductKernel, and parts that were dequantised) give what those with their numbers give.</summary>
public sealed class QuantizedWeightTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly Generator random = new(3);

    public void Dispose()
    {
        random.Dispose();
        scope.Dispose();
    }

    public static TheoryData<string, int, int, int> Products => new(
        from type in new[] { "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K" }
        from shape in type.EndsWith('K') ? new[] { (1, 256, 9), (6, 768, 24), (16, 256, 40), (20, 512, 17) }
            : [(1, 32, 1), (1, 576, 192), (3, 96, 7), (4, 64, 5), (9, 1536, 576), (16, 32, 40), (17, 64, 9), (40, 2048, 1100)]
        select (type, shape.Item1, shape.Item2, shape.Item3));

    [Theory]
    [MemberData(nameof(Products))]
    public void A_product(string type, int rows, int columns, int outputs)
    {
        using var weight = Quantized(type, outputs, columns);
        var (x, bias) = (randn([rows, columns], generator: random), randn([outputs], generator: random));
        Same(weight.Plain(x, bias), weight.Linear(x, bias), 3e-6);
        Same(weight.Plain(x, null), weight.Linear(x, null), 3e-6);
    }

    [Theory]
    [InlineData("Q4_0")]
    [InlineData("Q4_1")]
    [InlineData("Q5_1")]
    [InlineData("Q8_0")]
    [InlineData("Q4_K")]
    [InlineData("Q5_K")]
    [InlineData("Q6_K")]
    public void The_kernel_itself(string type)
    {
        using var weight = Quantized(type, 50, 768);
        var x = randn([5, 768], generator: random);
        using var other = Quantized("Q8_0", 23, 768);
        Assert.True(QuantizedProductKernel.Fits(x));
        var products = QuantizedProductKernel.Forward(x, weight, other, weight);
        Same(weight.Plain(x, null), products[0], 3e-6);
        Same(other.Plain(x, null), products[1], 3e-6);
        Same(weight.Plain(x, null), products[2], 3e-6);
    }

    /// <summary><see cref="PackingKernel"/> gives what the type's own reader gives of the file's order.</summary>
    [Theory]
    [InlineData("Q4_0", 24)]
    [InlineData("Q4_1", 21)]
    [InlineData("Q5_0", 9)]
    [InlineData("Q5_1", 16)]
    [InlineData("Q8_0", 3)]
    [InlineData("Q4_K", 11)]
    [InlineData("Q5_K", 8)]
    [InlineData("Q6_K", 13)]
    public void Packed_blocks_have_the_files_numbers(string type, int rows)
    {
        const int Columns = 768;
        var format = GgufType.Named(type);
        var blocks = Blocks(type, randn([rows, Columns], generator: random));
        float[] expected = new float[rows * Columns];
        format.Dequantize!(blocks.data<byte>().ToArray(), expected);
        foreach (var number in new[] { float32, bfloat16, float16 })
        {
            using var weight = new QuantizedWeight(blocks.clone(), format, number);
            Assert.Equal(QuantizedWeight.BytesOf(format, (rows + 7) / 8 * 8 * Columns), weight.Blocks.numel());
            Same(tensor(expected).view(rows, Columns).to(number).to(float32), weight.ToTensor().to(float32), 0);
        }

        using var chosen = new QuantizedWeight(blocks, format, float32);
        Assert.Throws<ArgumentOutOfRangeException>(() => chosen.Select(tensor(new long[] { 0, rows })));
        Assert.Throws<ArgumentOutOfRangeException>(() => chosen.Select(tensor(new long[] { -1 })));
    }

    /// <summary><see cref="DequantizeKernel"/> reads every type that a file may have in blocks.</summary>
    [Theory]
    [InlineData("Q3_K")]
    [InlineData("IQ3_S")]
    [InlineData("TQ2_0")]
    [InlineData("NVFP4")]
    public void Blocks_that_are_not_packed_have_the_files_numbers_and_products(string type)
    {
        const int Rows = 70, Columns = 512;
        var format = GgufType.Named(type);
        byte[] bytes = new byte[Rows * Columns / format.BlockElements * format.BlockBytes];
        new Random(5).NextBytes(bytes);
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] &= 0x3F; // Scales are finite numbers.
        }

        float[] expected = new float[Rows * Columns];
        format.Dequantize!(bytes, expected);
        Assert.False(QuantizedWeight.Keeps(format, trains: false));
        Assert.True(QuantizedWeight.Keeps(format, trains: true));
        var ids = tensor(new long[] { 3, 69, 0, 3 });
        foreach (var number in new[] { float32, bfloat16 })
        {
            using var weight = new QuantizedWeight(tensor(bytes).view(Rows, -1), format, number);
            Assert.Null(weight.Packing);
            var numbers = tensor(expected).view(Rows, Columns).to(number).to(float32);
            Same(numbers, weight.ToTensor().to(float32), 0);
            Same(numbers.index_select(0, ids), weight.Select(ids).to(float32), 0);
        }

        using var whole = new QuantizedWeight(tensor(bytes).view(Rows, -1), format, float32);
        foreach (int rows in new[] { 1, 20 })
        {
            var x = randn([rows, Columns], generator: random);
            Same(whole.Plain(x, null), whole.Linear(x, null), 1e-6);
        }
    }

    [Fact]
    public void Scales_of_every_size_are_read_exactly()
    {
        // One element a block is 1, so that a product is a scale: the smallest subnormal, the largest, and what lies between, of both signs.
        ushort[] halves = [0x0001, 0x03FF, 0x0400, 0x3C00, 0x7BFF, 0x8001, 0x8400, 0xFBFF, 0x0000, 0x8000];
        byte[] bytes = new byte[halves.Length * 34];
        for (int i = 0; i < halves.Length; i++)
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(i * 34), halves[i]);
            bytes[(i * 34) + 2] = 1;
        }

        var x = zeros(1, 32);
        x[0, 0] = 1;
        float[] products = TensorMemory.ToFloats(new QuantizedWeight(tensor(bytes).view(halves.Length, 34), GgufType.Named("Q8_0"), float32).Linear(x, null));
        Assert.Equal(halves.Select(half => (float)BitConverter.UInt16BitsToHalf(half)), products);
    }

    [Fact]
    public void Broken_numbers_stay_broken()
    {
        using var weight = Quantized("Q8_0", 8, 64);
        foreach (float broken in new[] { float.NaN, float.PositiveInfinity })
        {
            var x = randn([1, 64], generator: random);
            x[0, 40] = broken;
            Assert.DoesNotContain(TensorMemory.ToFloats(weight.Linear(x, null)), float.IsFinite);
        }
    }

    [Fact]
    public void Tiny_and_large_numbers()
    {
        using var weight = Quantized("Q4_0", 8, 64);
        var x = randn([2, 64], generator: random);
        foreach (double size in new[] { 0, 1e-25, 1e25 })
        {
            Same(weight.Plain(x * size, null), weight.Linear(x * size, null), 3e-6);
        }
    }

    [Fact]
    public void A_product_in_bfloat16()
    {
        using var weight = Quantized("Q4_1", 48, 64);
        foreach (int rows in new[] { 2, 30 })
        {
            // What one part of 16 bits holds exactly, so that the products are float32's, rounded.
            var x = ((rand([rows, 64], generator: random) + 0.02) * randint(0, 2, [rows, 64], generator: random).mul(2).sub(1)).to(bfloat16);
            var product = weight.Linear(x, null);
            Assert.Equal(bfloat16, product.dtype);
            Same(weight.Plain(x.to(float32), null).to(bfloat16).to(float32), product.to(float32), rows == 2 ? 0 : 2e-2);
        }
    }

    [Fact]
    public void Rows_of_an_embedding()
    {
        using var weight = Quantized("Q4_1", 20, 64);
        var ids = tensor(new long[] { 3, 19, 0, 3 });
        using var embedding = new Embedding(20, 64);
        embedding.Weight.Set(Quantized("Q4_1", 20, 64, seed: 3));
        Same(embedding.Weight.ReadBase().index_select(0, ids), embedding.Forward(ids, float32), 0);
        Assert.NotNull(embedding.Weight.Quantized);
        Same(weight.ToTensor().index_select(0, ids), weight.Select(ids), 0);
    }

    [Fact]
    public void Whoever_asks_for_the_tensor_has_one_to_change()
    {
        using var projection = new Projection(64, 8, bias: false);
        projection.Weight.Set(Quantized("Q8_0", 8, 64));
        var x = randn([3, 64], generator: random);
        var before = projection.Forward(x);
        Assert.Equal(float32, projection.Weight.BaseType);
        Same(before, nn.functional.linear(x, projection.Weight.Base), 3e-6);
        Assert.Null(projection.Weight.Quantized);
        projection.Weight.Base.mul_(2);
        Same(before * 2, projection.Forward(x), 3e-6);
    }

    [Fact]
    public void A_gradient_reaches_the_input()
    {
        using var projection = new Projection(64, 8, bias: false);
        projection.Weight.Set(Quantized("Q4_0", 8, 64));
        var x = randn([3, 64], generator: random).requires_grad_(true);
        projection.Forward(x).sum().backward();
        Same(projection.Weight.Base.sum([0L]).expand(3, 64), x.grad!, 3e-6);
    }

    [Fact]
    public void A_model_keeps_its_files_blocks_until_they_are_asked_for()
    {
        string path = TestPaths.SharedOrSkip("models/smollm2-135m-instruct-gguf/SmolLM2-135M-Instruct.Q4_1.gguf");
        using var kept = ModelLoader.Load(path, null, float32).Model;
        using var whole = ModelLoader.Load(path, float32, float32).Model;
        Assert.All(kept.NamedParameters().Where(named => named.Parameter.Shape.Count == 2), named => Assert.NotNull(named.Parameter.Quantized));
        Assert.All(whole.NamedParameters(), named => Assert.Null(named.Parameter.Quantized));
        foreach (string name in new[] { "model.layers.3.self_attn.q_proj.weight", "model.layers.29.mlp.down_proj.weight" })
        {
            Parameter one = kept.NamedParameters().First(named => named.Name == name).Parameter, other = whole.NamedParameters().First(named => named.Name == name).Parameter;
            Same(other.Base, one.ReadBase(), 0);
            Assert.NotNull(one.Quantized);
            Same(other.Base, one.Base, 0);
        }
    }

    [Fact]
    public void A_scale_that_is_no_number_is_not_kept()
    {
        using var folder = new TemporaryFolder();
        string Write(string type, int place, ushort half)
        {
            var format = GgufType.Named(type);
            byte[] block = new byte[format.BlockBytes];
            BitConverter.TryWriteBytes(block.AsSpan(place), half);
            string file = folder[$"{type}-{place}-{half}.gguf"];
            GgufWriter.Write(file, [KeyValuePair.Create("general.architecture", (object)"llama")], [new GgufTensorToWrite("w", format, [1, format.BlockElements], stream => stream.Write(block))]);
            return file;
        }

        foreach (var (type, place) in new[] { ("Q4_0", 0), ("Q4_1", 2), ("Q5_0", 0), ("Q5_1", 2), ("Q8_0", 0), ("Q4_K", 0), ("Q4_K", 2), ("Q5_K", 2), ("Q6_K", 208) })
        {
            foreach (var (half, isFinite) in new (ushort, bool)[] { (0x3C00, true), (0x7BFF, true), (0x7C00, false), (0xFE00, false) })
            {
                using var gguf = Gguf.Open(Write(type, place, half));
                Assert.Equal(isFinite, QuantizedBlocks.AreFinite(gguf, "w"));
            }
        }
    }

    private static QuantizedWeight Quantized(string type, int rows, int columns, long seed = 3)
    {
        using var own = new Generator((ulong)seed);
        return new QuantizedWeight(Blocks(type, randn([rows, columns], generator: own)), GgufType.Named(type), float32);
    }

    private static Tensor Blocks(string type, Tensor values)
    {
        var format = GgufType.Named(type);
        byte[] blocks = new byte[values.numel() / format.BlockElements * format.BlockBytes];
        if (format.Quantize is { } quantize)
        {
            quantize(TensorMemory.ToFloats(values), blocks);
        }
        else
        {
            // Attune only reads these. Any bytes will do, where halves are numbers of a middling size.
            new Random(11).NextBytes(blocks);
            for (int at = 0; at < blocks.Length; at += format.BlockBytes)
            {
                foreach (int half in type == "Q6_K" ? new[] { 208 } : [0, 2])
                {
                    blocks[at + half + 1] = (byte)((blocks[at + half + 1] & 0x8F) | 0x20);
                }
            }
        }

        return tensor(blocks).view(values.shape[0], -1);
    }

    private static void Same(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.shape, actual.shape);
        float[] wanted = TensorMemory.ToFloats(expected), got = TensorMemory.ToFloats(actual);
        double largest = wanted.Max(MathF.Abs);
        Assert.All(wanted.Zip(got), pair => Assert.InRange(pair.Second, pair.First - (tolerance * largest), pair.First + (tolerance * largest)));
    }
}
