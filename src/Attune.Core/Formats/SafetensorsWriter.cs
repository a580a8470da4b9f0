using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attune.Formats;

/// <summary>Writes safetensors files, byte for byte as the reference library does: largest elements first, then by name.</summary>
public static class SafetensorsWriter
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes one file, whole or not at all. <c>format: pt</c> is always among the metadata: transformers refuses files without.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">The tensors, in any order, each streamed when its turn comes.</param>
    /// <param name="metadata">Free text; <c>format</c> must not be among it.</param>
    /// <exception cref="AttuneException">The disk is full or cannot be written.</exception>
    public static void Write(string path, IEnumerable<TensorToWrite> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var ordered = Order(tensors);
        byte[] header = Header(ordered, metadata);
        AtomicFile.Write(path, stream => WriteBody(stream, header, ordered), header.Length + ordered.Sum(tensor => tensor.Info.ByteLength));
    }

    /// <summary>Writes a file's content into a stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="tensors">The tensors, in any order, each streamed when its turn comes.</param>
    /// <param name="metadata">Free text; <c>format</c> must not be among it.</param>
    public static void Write(Stream stream, IEnumerable<TensorToWrite> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var ordered = Order(tensors);
        WriteBody(stream, Header(ordered, metadata), ordered);
    }

    /// <summary>
    /// Writes <c>model.safetensors</c>, or where that would be larger than a shard may be <c>model-00001-of-0000N.safetensors</c> and the
    /// index, which is written last. A tensor is never divided. What an earlier save left in the other form is removed.
    /// </summary>
    /// <param name="folder">A folder that exists.</param>
    /// <param name="tensors">The tensors in the order in which shards are filled.</param>
    /// <param name="maxShardBytes">The most bytes of tensors in a file (a larger tensor has a file of its own).</param>
    /// <param name="metadata">Free text for every file.</param>
    /// <param name="stem">The files' name before the number and <c>.safetensors</c>.</param>
    public static void WriteFolder(
        string folder, IEnumerable<TensorToWrite> tensors, long maxShardBytes = 5_000_000_000, IReadOnlyDictionary<string, string>? metadata = null, string stem = "model")
    {
        var shards = Divide(tensors, maxShardBytes);
        string single = Path.Combine(folder, stem + ".safetensors");
        string index = single + ".index.json";
        if (shards.Count == 1)
        {
            Write(single, shards[0], metadata);
            File.Delete(index);
            return;
        }

        var map = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < shards.Count; i++)
        {
            string name = $"{stem}-{i + 1:D5}-of-{shards.Count:D5}.safetensors";
            Write(Path.Combine(folder, name), shards[i], metadata);
            foreach (var tensor in shards[i])
            {
                map.Add(tensor.Info.Name, name);
            }
        }

        var json = new JsonObject
        {
            ["metadata"] = new JsonObject { ["total_size"] = shards.Sum(shard => shard.Sum(tensor => tensor.Info.ByteLength)) },
            ["weight_map"] = new JsonObject(map.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value))),
        };
        AtomicFile.WriteAllText(index, json.ToJsonString(Indented) + "\n");
        File.Delete(single);
    }

    private static List<TensorToWrite> Order(IEnumerable<TensorToWrite> tensors) =>
        [.. tensors.OrderBy(tensor => SafetensorsTypes.Order(tensor.Info.Type)).ThenBy(tensor => tensor.Info.Name, Utf8Order.Instance)];

    private static List<List<TensorToWrite>> Divide(IEnumerable<TensorToWrite> tensors, long maxShardBytes)
    {
        var shards = new List<List<TensorToWrite>> { new() };
        long size = 0;
        foreach (var tensor in tensors)
        {
            if (size > 0 && size + tensor.Info.ByteLength > maxShardBytes)
            {
                shards.Add([]);
                size = 0;
            }

            shards[^1].Add(tensor);
            size += tensor.Info.ByteLength;
        }

        return shards;
    }

    private static byte[] Header(List<TensorToWrite> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Json))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            json.WriteString("format", "pt");
            foreach (var (key, value) in metadata ?? new Dictionary<string, string>())
            {
                if (key == "format")
                {
                    throw new ArgumentException("format is always pt", nameof(metadata));
                }

                json.WriteString(key, value);
            }

            json.WriteEndObject();
            WriteEntries(json, tensors);
            json.WriteEndObject();
        }

        // Padded with spaces, so that the data begins at a multiple of 8.
        int length = (buffer.WrittenCount + 7) / 8 * 8;
        var header = new byte[8 + length];
        header.AsSpan(8).Fill((byte)' ');
        BinaryPrimitives.WriteInt64LittleEndian(header, length);
        buffer.WrittenSpan.CopyTo(header.AsSpan(8));
        return header;
    }

    private static void WriteEntries(Utf8JsonWriter json, List<TensorToWrite> tensors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { "__metadata__" };
        long offset = 0;
        foreach (var (info, _) in tensors)
        {
            if (!names.Add(info.Name))
            {
                throw new ArgumentException($"two tensors are called {info.Name}", nameof(tensors));
            }

            json.WriteStartObject(info.Name);
            json.WriteString("dtype", SafetensorsTypes.Name(info.Type));
            json.WriteStartArray("shape");
            foreach (long size in info.Shape)
            {
                json.WriteNumberValue(size);
            }

            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(offset);
            json.WriteNumberValue(offset += info.ByteLength);
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }

    private static void WriteBody(Stream stream, byte[] header, List<TensorToWrite> tensors)
    {
        stream.Write(header);
        foreach (var tensor in tensors)
        {
            long end = stream.Position + tensor.Info.ByteLength;
            tensor.Write(stream);
            if (stream.Position != end)
            {
                throw new InvalidOperationException($"tensor {tensor.Info.Name} wrote {stream.Position - end + tensor.Info.ByteLength} bytes, not {tensor.Info.ByteLength}");
            }
        }
    }

    // Names in the order of their UTF-8 bytes, as the reference sorts them; UTF-16 units sort otherwise above U+FFFF.
    private sealed class Utf8Order : IComparer<string>
    {
        public static Utf8Order Instance { get; } = new();

        public int Compare(string? x, string? y) => Encoding.UTF8.GetBytes(x!).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y!));
    }
}
