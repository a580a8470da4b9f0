using System.Text;
using System.Text.Json;

namespace Attune.Formats;

public sealed class SafetensorsTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("attune-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void A_written_file_is_the_references_to_the_byte()
    {
        string path = Path.Combine(TestPaths.SharedOrSkip("parity/safetensors/dtypes"), "model.safetensors");
        using var source = Safetensors.Open(path);
        string copy = Path.Combine(root, "copy.safetensors");
        SafetensorsWriter.Write(copy, source.Tensors.Keys.Reverse().Select(name => TensorToWrite.From(source, name)));
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(copy));
    }

    [Theory]
    [InlineData("shapes")]
    [InlineData("special-values")]
    [InlineData("rare-dtypes")]
    public void What_is_written_is_read_again(string fixture)
    {
        using var source = Safetensors.Open(Path.Combine(TestPaths.SharedOrSkip("parity/safetensors/" + fixture), "model.safetensors"));
        string copy = Path.Combine(root, "copy.safetensors");
        SafetensorsWriter.Write(copy, source.Tensors.Keys.Select(name => TensorToWrite.From(source, name)), new Dictionary<string, string> { ["ünï"] = "日本\n\"q\"" });
        using var read = Safetensors.Open(copy);
        Assert.Equal("pt", read.Metadata["format"]);
        Assert.Equal("日本\n\"q\"", read.Metadata["ünï"]);
        Assert.Equal(source.Tensors.Keys.Order(), read.Tensors.Keys.Order());
        Assert.Equal(source.Tensors.Keys, read.Tensors.Keys); // The reference wrote them in the same order.
        foreach (var (name, tensor) in source.Tensors)
        {
            Assert.Equal(tensor.Type, read.Tensors[name].Type);
            Assert.Equal(tensor.Shape, read.Tensors[name].Shape);
            Assert.Equal(source.Span(name).ToArray(), read.Span(name).ToArray());
        }
    }

    [Fact]
    public void A_file_beyond_2_GB_opens_at_once_and_is_read_at_its_end()
    {
        const long Elements = 2_600_000_000;
        string path = Path.Combine(root, "large.safetensors");
        byte[] header = Encoding.UTF8.GetBytes($"{{\"a\":{{\"dtype\":\"U8\",\"shape\":[{Elements}],\"data_offsets\":[0,{Elements}]}},\"b\":{{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[{Elements},{Elements + 3}]}}}}");
        using (var stream = File.Create(path))
        {
            stream.Write(BitConverter.GetBytes((long)header.Length));
            stream.Write(header);
            stream.SetLength(stream.Position + Elements); // Sparse: no block of it is written.
            stream.Position = stream.Length - 1;
            stream.Write([9, 1, 2, 3]);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        using var source = Safetensors.Open(path);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
        Assert.Equal([1, 2, 3], source.Span("b").ToArray());
        var end = new byte[2];
        source.Read("a", Elements - 2, end);
        Assert.Equal([0, 9], end);
        Assert.Throws<ArgumentOutOfRangeException>(() => source.Read("a", Elements - 1, new byte[2]));
    }

    [Fact]
    public void A_folder_is_written_in_shards_with_an_index_and_read_again()
    {
        var tensors = Enumerable.Range(0, 7).Select(i => TensorToWrite.FromFloats($"layers.{i}.weight", [2, 3], new float[] { i, 1, 2, 3, 4, 5 })).ToList();
        SafetensorsWriter.WriteFolder(root, tensors);
        Assert.Equal(["model.safetensors"], Directory.GetFiles(root).Select(Path.GetFileName));

        SafetensorsWriter.WriteFolder(root, tensors, maxShardBytes: 60);
        Assert.Equal(
            ["model-00001-of-00004.safetensors", "model-00002-of-00004.safetensors", "model-00003-of-00004.safetensors", "model-00004-of-00004.safetensors", "model.safetensors.index.json"],
            Directory.GetFiles(root).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        using (var index = JsonDocument.Parse(File.ReadAllText(Path.Combine(root, "model.safetensors.index.json"))))
        {
            Assert.Equal(7 * 24, index.RootElement.GetProperty("metadata").GetProperty("total_size").GetInt64());
        }

        using (var source = ShardedSafetensors.OpenFolder(root))
        {
            Assert.Equal(7, source.Tensors.Count);
            Assert.Equal([6, 1, 2, 3, 4, 5], source.ReadFloats("layers.6.weight"));
        }

        SafetensorsWriter.WriteFolder(root, tensors[..1]);
        using var single = Assert.IsType<Safetensors>(ShardedSafetensors.OpenFolder(root));
        Assert.Single(single.Tensors);
        Assert.False(File.Exists(Path.Combine(root, "model.safetensors.index.json")));
    }

    [Fact]
    public void A_pickle_is_met_with_advice_how_to_convert()
    {
        File.WriteAllText(Path.Combine(root, "pytorch_model.bin"), "");
        var exception = Assert.Throws<AttuneException>(() => ShardedSafetensors.OpenFolder(root));
        Assert.Equal(ExitCode.MissingInput, exception.ExitCode);
        Assert.Contains("save_pretrained", exception.Message, StringComparison.Ordinal);
        Assert.Contains("pytorch_model.bin", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_missing_is_told()
    {
        Assert.Equal(ExitCode.MissingInput, Assert.Throws<AttuneException>(() => Safetensors.Open(Path.Combine(root, "no"))).ExitCode);
        Assert.Equal(ExitCode.MissingInput, Assert.Throws<AttuneException>(() => Safetensors.Open(root)).ExitCode);
        Assert.Equal(ExitCode.MissingInput, Assert.Throws<AttuneException>(() => ShardedSafetensors.OpenFolder(root)).ExitCode);
        Assert.Equal(ExitCode.MissingInput, Assert.Throws<AttuneException>(() => ShardedSafetensors.OpenFolder(Path.Combine(root, "no"))).ExitCode);
    }

    [Fact]
    public void A_tensor_that_writes_another_number_of_bytes_leaves_no_file()
    {
        var tensor = TensorToWrite.FromBytes(new TensorInfo("w", ElementType.U8, [4]), new byte[3]);
        Assert.Throws<InvalidOperationException>(() => SafetensorsWriter.Write(Path.Combine(root, "x.safetensors"), [tensor]));
        Assert.Empty(Directory.GetFiles(root));
    }

    [Fact]
    public void After_disposal_nothing_is_read()
    {
        string path = Path.Combine(root, "x.safetensors");
        SafetensorsWriter.Write(path, [TensorToWrite.FromFloats("w", [1], new float[] { 1 })]);
        var source = Safetensors.Open(path);
        source.Dispose();
        Assert.Throws<ObjectDisposedException>(() => source.Read("w", 0, new byte[4]));
    }
}
