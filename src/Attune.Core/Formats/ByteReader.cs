using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Attune.Formats;

/// <summary>
/// The one reader of binary formats: every read is checked against what is there before anything is taken or allocated,
/// and fails with a <see cref="FormatException"/> that names the byte.
/// </summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes, string file, long start = 0, bool bigEndian = false)
{
    private readonly ReadOnlySpan<byte> bytes = bytes;
    private int position;

    /// <summary>Where the next read begins, counted from the file's first byte.</summary>
    public readonly long Offset => start + position;

    /// <summary>How many bytes are left.</summary>
    public readonly int Remaining => bytes.Length - position;

    /// <summary>The next bytes; <paramref name="what"/> names them in the error.</summary>
    public ReadOnlySpan<byte> Bytes(ulong count, string what)
    {
        if (count > (ulong)Remaining)
        {
            throw Error($"{Names.Plain(what)} needs {count} bytes, but {Remaining} are left");
        }

        var result = bytes.Slice(position, (int)count);
        position += (int)count;
        return result;
    }

    /// <summary>Refuses a count of things of at least <paramref name="size"/> bytes each that cannot fit into what is left.</summary>
    public readonly int Count(ulong count, int size, string what)
    {
        if (count > (ulong)(Remaining / size))
        {
            throw Error($"{count} elements of {Names.Plain(what)} cannot fit into the {Remaining} bytes that are left");
        }

        return (int)count;
    }

    /// <summary>UTF-8 text of a length in bytes.</summary>
    public string Text(ulong length, string what)
    {
        long at = Offset;
        var text = Bytes(length, what);
        return Utf8.IsValid(text) ? Encoding.UTF8.GetString(text) : throw new FormatException(file, at, $"{Names.Plain(what)} is not UTF-8");
    }

    public byte U8(string what) => Bytes(1, what)[0];

    public ushort U16(string what)
    {
        var value = Bytes(2, what);
        return bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(value) : BinaryPrimitives.ReadUInt16LittleEndian(value);
    }

    public uint U32(string what)
    {
        var value = Bytes(4, what);
        return bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(value) : BinaryPrimitives.ReadUInt32LittleEndian(value);
    }

    public ulong U64(string what)
    {
        var value = Bytes(8, what);
        return bigEndian ? BinaryPrimitives.ReadUInt64BigEndian(value) : BinaryPrimitives.ReadUInt64LittleEndian(value);
    }

    public float F32(string what) => BitConverter.UInt32BitsToSingle(U32(what));

    public double F64(string what) => BitConverter.UInt64BitsToDouble(U64(what));

    /// <summary>Seven bits a byte, the lowest first; the highest bit says that more come.</summary>
    public ulong Varint(string what)
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = U8(what);
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Error($"{what} has more than ten bytes");
    }

    /// <summary>The error at the current byte.</summary>
    public readonly FormatException Error(string problem, string? cure = null) => new(file, Offset, problem, cure);
}
