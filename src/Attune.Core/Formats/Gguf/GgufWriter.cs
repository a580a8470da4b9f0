using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Attune.Formats;

/// <summary>A tensor on its way into a GGUF file.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="Type">Its type there.</param>
/// <param name="Shape">Row-major; the file has it reversed.</param>
/// <param name="Write">Writes the bytes of that type.</param>
internal sealed record GgufTensorToWrite(string Name, GgufType Type, IReadOnlyList<long> Shape, Action<Stream> Write)
{
    private const int Chunk = 1 << 18;

    /// <summary>How many bytes it has in the file.</summary>
    public long ByteLength { get; } = new TensorInfo(Name, ElementType.U8, Shape).Count / Type.BlockElements * Type.BlockBytes;

    /// <summary>A tensor of another file, quantised a piece at a time.</summary>
    /// <param name="source">Where it lies.</param>
    /// <param name="name">Its name there.</param>
    /// <param name="newName">Its name in the new file.</param>
    /// <param name="type">A type that can be written; rows must be whole blocks of it.</param>
    public static GgufTensorToWrite From(ITensorSource source, string name, string newName, GgufType type)
    {
        var info = source.Find(name);
        var quantize = type.Quantize ?? throw new AttuneException(ExitCode.Usage, null, $"tensors cannot be written as {type.Name}", $"choose one of {GgufType.Writable}");
        return new GgufTensorToWrite(newName, type, info.Shape, stream =>
        {
            int size = info.Type.Size();
            var bytes = new byte[Chunk * size];
            var values = new float[Chunk];
            var blocks = new byte[Chunk / type.BlockElements * type.BlockBytes];
            for (long start = 0; start < info.Count; start += Chunk)
            {
                int count = (int)Math.Min(Chunk, info.Count - start);
                source.Read(name, start * size, bytes.AsSpan(0, count * size));
                ElementCodec.ToSingle(info.Type, bytes.AsSpan(0, count * size), values.AsSpan(0, count));
                var result = blocks.AsSpan(0, count / type.BlockElements * type.BlockBytes);
                quantize(values.AsSpan(0, count), result);
                stream.Write(result);
            }
        });
    }
}

/// <summary>Writes GGUF files of version 3, little-endian.</summary>
internal static class GgufWriter
{
    /// <summary>Writes a file, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="metadata">Values of the types that <see cref="Gguf.Metadata"/> gives; <c>general.architecture</c> should come first.</param>
    /// <param name="tensors">The tensors in the order of the file, each streamed when its turn comes.</param>
    public static void Write(string path, IReadOnlyCollection<KeyValuePair<string, object>> metadata, IReadOnlyList<GgufTensorToWrite> tensors)
    {
        long alignment = metadata.FirstOrDefault(entry => entry.Key == "general.alignment").Value is uint given ? given : 32;
        var head = new ArrayBufferWriter<byte>();
        head.Write("GGUF"u8);
        Number(head, 3u);
        Number(head, (ulong)tensors.Count);
        Number(head, (ulong)metadata.Count);
        foreach (var (key, value) in metadata)
        {
            Text(head, key);
            Number(head, TypeOf(value.GetType()));
            Value(head, value);
        }

        long offset = 0;
        foreach (var tensor in tensors)
        {
            if (tensor.Shape.Count > 0 && tensor.Shape[^1] % tensor.Type.BlockElements != 0)
            {
                throw new AttuneException(
                    ExitCode.Usage, path, $"tensor {tensor.Name} has rows of {tensor.Shape[^1]}, no multiple of the {tensor.Type.BlockElements} that {tensor.Type.Name} needs",
                    "write this tensor as F16");
            }

            Text(head, tensor.Name);
            Number(head, (uint)tensor.Shape.Count);
            foreach (long size in tensor.Shape.Reverse())
            {
                Number(head, size);
            }

            Number(head, tensor.Type.Id);
            Number(head, offset);
            offset = Align(offset + tensor.ByteLength, alignment);
        }

        AtomicFile.Write(path, stream => WriteBody(stream, head.WrittenSpan, tensors, alignment), head.WrittenCount + offset);
    }

    private static void WriteBody(Stream stream, ReadOnlySpan<byte> head, IReadOnlyList<GgufTensorToWrite> tensors, long alignment)
    {
        stream.Write(head);
        foreach (var tensor in tensors)
        {
            Pad(stream, alignment);
            long end = stream.Position + tensor.ByteLength;
            tensor.Write(stream);
            if (stream.Position != end)
            {
                throw new InvalidOperationException($"tensor {tensor.Name} wrote {stream.Position - end + tensor.ByteLength} bytes, not {tensor.ByteLength}");
            }
        }

        Pad(stream, alignment);
    }

    private static void Pad(Stream stream, long alignment) => stream.Write(new byte[Align(stream.Position, alignment) - stream.Position]);

    private static long Align(long offset, long alignment) => (offset + alignment - 1) / alignment * alignment;

    // By type code: to a pattern, the runtime says that an sbyte[] is a byte[].
    private static uint TypeOf(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Byte => 0,
        TypeCode.SByte => 1,
        TypeCode.UInt16 => 2,
        TypeCode.Int16 => 3,
        TypeCode.UInt32 => 4,
        TypeCode.Int32 => 5,
        TypeCode.Single => 6,
        TypeCode.Boolean => 7,
        TypeCode.String => 8,
        TypeCode.Object when type.IsArray || type == typeof(object) => 9,
        TypeCode.UInt64 => 10,
        TypeCode.Int64 => 11,
        TypeCode.Double => 12,
        _ => throw new ArgumentException($"GGUF has no metadata of type {type.Name}", nameof(type)),
    };

    private static void Value(ArrayBufferWriter<byte> head, object value)
    {
        switch (value)
        {
            case byte number: Number(head, number); break;
            case sbyte number: Number(head, number); break;
            case ushort number: Number(head, number); break;
            case short number: Number(head, number); break;
            case uint number: Number(head, number); break;
            case int number: Number(head, number); break;
            case ulong number: Number(head, number); break;
            case long number: Number(head, number); break;
            case float number: Number(head, number); break;
            case double number: Number(head, number); break;
            case bool flag: Number(head, flag ? (byte)1 : (byte)0); break;
            case string text: Text(head, text); break;
            case Array array:
                Number(head, TypeOf(array.GetType().GetElementType()!));
                Number(head, (ulong)array.Length);
                foreach (object element in array)
                {
                    Value(head, element);
                }

                break;
        }
    }

    private static void Number<T>(ArrayBufferWriter<byte> head, T value)
        where T : unmanaged => head.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    private static void Text(ArrayBufferWriter<byte> head, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Number(head, (ulong)bytes.Length);
        head.Write(bytes);
    }
}
