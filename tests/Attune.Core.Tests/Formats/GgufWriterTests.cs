namespace Attune.Formats;

public sealed class GgufWriterTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("attune-").FullName;

    public static IEnumerable<TheoryDataRow<string>> Valid => Fixtures.Names("gguf", name => name is not ("gguf/broken" or "gguf/metadata-v2" or "gguf/metadata-big-endian" or "gguf/metadata-trailing-bytes"));

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Theory]
    [MemberData(nameof(Valid))]
    public void A_copy_is_the_references_file_to_the_byte(string fixture)
    {
        string path = Path.Combine(TestPaths.SharedOrSkip("parity/" + fixture), "model.gguf");
        using var source = Gguf.Open(path);
        string copy = Path.Combine(root, "copy.gguf");
        GgufWriter.Write(copy, source.Metadata, [.. source.Tensors.Keys.Select(name => new GgufTensorToWrite(
            name, source.Tensor(name).Type, source.Tensors[name].Shape, stream => stream.Write(source.Raw(name))))]);
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(copy));
    }

    [Fact]
    public void Tensors_are_quantised_a_piece_at_a_time()
    {
        const int Rows = 9000, Columns = 64;
        var values = new float[Rows * Columns];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = MathF.Sin(0.37f * i);
        }

        string path = Path.Combine(root, "x.safetensors"), file = Path.Combine(root, "x.gguf");
        SafetensorsWriter.Write(path, [TensorToWrite.FromFloats("w", [Rows, Columns], values)]);
        using var source = Safetensors.Open(path);
        GgufWriter.Write(file, [new("general.architecture", "llama")], [.. GgufType.Writable.Split(", ").Where(type => !type.StartsWith("TQ", StringComparison.Ordinal))
            .Select(type => GgufTensorToWrite.From(source, "w", type, GgufType.Named(type)))]);
        using var gguf = Gguf.Open(file);
        foreach (var (name, limit) in new[] { ("F32", 0f), ("F16", 1e-3f), ("BF16", 1e-2f), ("Q8_0", 1e-2f), ("Q4_1", 0.1f), ("Q5_0", 0.1f) })
        {
            Assert.Equal([Rows, Columns], gguf.Tensors[name].Shape);
            var read = gguf.ReadFloats(name);
            Assert.True(values.Zip(read).Max(pair => Math.Abs(pair.First - pair.Second)) <= limit, name);
        }
    }

    [Fact]
    public void Rows_that_are_no_whole_blocks_are_refused()
    {
        var tensor = new GgufTensorToWrite("w", GgufType.Named("Q8_0"), [2, 33], _ => { });
        Assert.Contains("Q8_0", Assert.Throws<AttuneException>(() => GgufWriter.Write(Path.Combine(root, "x.gguf"), [], [tensor])).Message, StringComparison.Ordinal);
    }
}
