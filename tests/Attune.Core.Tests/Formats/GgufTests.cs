namespace Attune.Formats;

public sealed class GgufTests
{
    [Theory]
    [InlineData("models/smollm2-135m-instruct-gguf/SmolLM2-135M-Instruct.Q4_1.gguf", "llama", 272)]
    [InlineData("models/w_stories260K/stories260K.gguf", "llama", 48)]
    public void A_published_file_is_read(string path, string architecture, int tensors)
    {
        using var gguf = Gguf.Open(TestPaths.SharedOrSkip(path));
        Assert.Equal(architecture, gguf.Metadata["general.architecture"]);
        Assert.Equal(tensors, gguf.Tensors.Count);
        var tokens = Assert.IsType<string[]>(gguf.Metadata["tokenizer.ggml.tokens"]);
        Assert.Equal(tokens.Length, gguf.Tensors["token_embd.weight"].Shape[0]);
        var row = new float[gguf.Tensors["token_embd.weight"].Shape[1]];
        gguf.Read("token_embd.weight", 5 * row.Length * 4, System.Runtime.InteropServices.MemoryMarshal.AsBytes(row.AsSpan()));
        Assert.All(row, value => Assert.InRange(value, -5, 5));
        Assert.True(row.Max() > 0.01f);
    }

    [Fact]
    public void What_lies_outside_a_tensor_cannot_be_read()
    {
        using var gguf = Gguf.Open(Path.Combine(TestPaths.SharedOrSkip("parity/gguf/type-q4-1"), "model.gguf"));
        Assert.Throws<ArgumentOutOfRangeException>(() => gguf.Read("random.weight", 3 * 96 * 4, new byte[4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => gguf.Read("random.weight", -4, new byte[4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = gguf.Raw("random.weight", 0, (3 * 3 * 20) + 1); });
        Assert.Contains("no tensor \"absent\"", Assert.Throws<AttuneException>(() => gguf.Read("absent", 0, [])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_precision_widens_as_the_runtime_says()
    {
        var halves = Enumerable.Range(0, 65536).Select(bits => BitConverter.UInt16BitsToHalf((ushort)bits)).ToArray();
        var wide = new float[halves.Length];
        ElementCodec.WidenHalf(halves, wide);
        for (int i = 0; i < halves.Length; i++)
        {
            Assert.Equal((float)halves[i], wide[i]);
            Assert.Equal((float)halves[i], ElementCodec.HalfToSingle((ushort)i));
        }
    }

    [Fact]
    public void Bfloat16_rounds_to_nearest_even_and_widens_again()
    {
        Assert.Equal(0x3F80, ElementCodec.ToBfloat16(1));
        Assert.Equal(0x3F80, ElementCodec.ToBfloat16(BitConverter.UInt32BitsToSingle(0x3F808000))); // Half-way, down to even.
        Assert.Equal(0x3F82, ElementCodec.ToBfloat16(BitConverter.UInt32BitsToSingle(0x3F818000))); // Half-way, up to even.
        Assert.Equal(0x7F80, ElementCodec.ToBfloat16(float.MaxValue));
        Assert.True(float.IsNaN(BitConverter.UInt32BitsToSingle((uint)ElementCodec.ToBfloat16(BitConverter.UInt32BitsToSingle(0x7F800001)) << 16)));
        ushort[] all = [.. Enumerable.Range(0, 65536).Select(bits => (ushort)bits)];
        var wide = new float[all.Length];
        ElementCodec.WidenBfloat16(all, wide);
        Assert.Equal(all.Where((_, i) => !float.IsNaN(wide[i])), wide.Where(value => !float.IsNaN(value)).Select(ElementCodec.ToBfloat16));
    }
}
