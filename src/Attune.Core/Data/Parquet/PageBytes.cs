using Attune.Formats;
using FormatException = Attune.Formats.FormatException;

namespace Attune.Data.Parquet;

/// <summary>A page's bytes and a place in them; every read is checked.</summary>
internal sealed class PageBytes(ReadOnlyMemory<byte> bytes, string file, long offset)
{
    public int Position { get; set; }

    public int Length => bytes.Length;

    public int Left => bytes.Length - Position;

    public byte U8() => Take(1).Span[0];

    public uint U32() => System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(Take(4).Span);

    public ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = U8();
            value |= (ulong)(next & 127) << shift;
            if (next < 128)
            {
                return value;
            }
        }

        throw Error("a number has more than ten bytes");
    }

    public long SignedVarint() => Varint() is var value ? (long)(value >> 1) ^ -(long)(value & 1) : 0;

    public ReadOnlyMemory<byte> Take(long count)
    {
        if (count < 0 || count > Left)
        {
            throw Error($"{count} bytes are wanted where {Left} are left");
        }

        Position += (int)count;
        return bytes.Slice(Position - (int)count, (int)count);
    }

    /// <summary>The next bytes as a page of their own.</summary>
    public PageBytes Part(long count) => new(Take(count), file, offset);

    /// <summary>The same bytes from here on, with a place of their own.</summary>
    public PageBytes Fork() => new(bytes[Position..], file, offset);

    public FormatException Error(string problem) => new(file, offset, "a page is damaged: " + problem);
}
