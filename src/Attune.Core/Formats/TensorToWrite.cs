using System.Runtime.InteropServices;

namespace Attune.Formats;

/// <summary>A tensor on its way into a file: what it is, and how its bytes (row-major, little-endian) get there.</summary>
/// <param name="Info">Name, type and shape.</param>
/// <param name="Write">Writes exactly <see cref="TensorInfo.ByteLength"/> bytes.</param>
public sealed record TensorToWrite(TensorInfo Info, Action<Stream> Write)
{
    private const int Chunk = 1 << 20;

    /// <summary>A tensor whose bytes are in memory.</summary>
    /// <param name="info">Name, type and shape.</param>
    /// <param name="bytes">Its elements, row-major and little-endian: <see cref="TensorInfo.ByteLength"/> bytes.</param>
    public static TensorToWrite FromBytes(TensorInfo info, ReadOnlyMemory<byte> bytes) => new(info, stream => stream.Write(bytes.Span));

    /// <summary>A float32 tensor.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="values">Its elements, row-major.</param>
    public static TensorToWrite FromFloats(string name, IReadOnlyList<long> shape, ReadOnlyMemory<float> values) =>
        new(new TensorInfo(name, ElementType.F32, shape), stream => stream.Write(MemoryMarshal.AsBytes(values.Span)));

    /// <summary>A tensor copied out of another file, as it is read there, a piece at a time.</summary>
    internal static TensorToWrite From(ITensorSource source, string name, string? newName = null)
    {
        var info = source.Find(name);
        return new TensorToWrite(info with { Name = newName ?? name }, stream =>
        {
            var buffer = new byte[Math.Min(Chunk, info.ByteLength)];
            for (long offset = 0; offset < info.ByteLength;)
            {
                var piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, info.ByteLength - offset));
                source.Read(name, offset, piece);
                stream.Write(piece);
                offset += piece.Length;
            }
        });
    }
}
