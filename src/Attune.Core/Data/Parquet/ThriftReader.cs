using Attune.Formats;
using FormatException = Attune.Formats.FormatException;

namespace Attune.Data.Parquet;

/// <summary>Thrift's compact protocol, as far as Parquet's footers and page headers use it; what is not known is passed over.</summary>
internal ref struct ThriftReader(ReadOnlySpan<byte> bytes, string file, long start)
{
    private const int MaxDepth = 24;

    private ByteReader reader = new(bytes, file, start);

    /// <summary>Bytes read so far, counted from the file's first.</summary>
    public readonly long Offset => reader.Offset;

    /// <summary>Goes on to a struct's next field; false at its end.</summary>
    /// <param name="id">The last field's number, 0 at first; becomes the next one's.</param>
    /// <param name="type">What follows.</param>
    public bool Field(ref int id, out ThriftType type)
    {
        byte header = reader.U8("a field");
        type = (ThriftType)(header & 15);
        if (header == 0)
        {
            return false;
        }

        id = header >> 4 is var step && step != 0 ? id + step : (int)Signed(Varint());
        return true;
    }

    /// <summary>An integer of any width.</summary>
    public long Integer(ThriftType type) => type switch
    {
        ThriftType.Byte => (sbyte)reader.U8("an integer"),
        ThriftType.Int16 or ThriftType.Int32 or ThriftType.Int64 => Signed(Varint()),
        _ => throw reader.Error($"an integer is expected, not {type}"),
    };

    /// <summary>An integer from 0 to what an int holds.</summary>
    public int Count(ThriftType type) => Integer(type) is >= 0 and <= int.MaxValue and var value ? (int)value : throw reader.Error("a count is negative or too large");

    /// <summary>A truth value; it lies in the field's type.</summary>
    public readonly bool Boolean(ThriftType type) => type is ThriftType.True or ThriftType.False ? type == ThriftType.True : throw reader.Error($"a truth value is expected, not {type}");

    /// <summary>Text.</summary>
    public string Text(ThriftType type)
    {
        Expect(type, ThriftType.Binary);
        return reader.Text(Varint(), "a name");
    }

    /// <summary>A list's head: how many elements follow, each of at least one byte.</summary>
    public int List(ThriftType type, out ThriftType element)
    {
        Expect(type, ThriftType.List);
        byte header = reader.U8("a list");
        element = (ThriftType)(header & 15);
        return reader.Count(header >> 4 is var size && size < 15 ? (ulong)size : Varint(), 1, "a list");
    }

    /// <summary>Says that a struct is expected.</summary>
    public readonly void Struct(ThriftType type) => Expect(type, ThriftType.Struct);

    /// <summary>Passes over a value.</summary>
    public void Skip(ThriftType type, int depth = 0)
    {
        if (depth > MaxDepth)
        {
            throw reader.Error($"structs are nested deeper than {MaxDepth}");
        }

        switch (type)
        {
            case ThriftType.True or ThriftType.False:
                break;
            case ThriftType.Byte:
                reader.Bytes(1, "a byte");
                break;
            case ThriftType.Int16 or ThriftType.Int32 or ThriftType.Int64:
                Varint();
                break;
            case ThriftType.Double:
                reader.Bytes(8, "a number");
                break;
            case ThriftType.Binary:
                reader.Bytes(Varint(), "bytes");
                break;
            case ThriftType.List or ThriftType.Set:
                for (int left = List(ThriftType.List, out ThriftType element); left > 0; left--)
                {
                    // A truth value, which in a struct lies in the field's head, takes a byte in a list.
                    Skip(element is ThriftType.True or ThriftType.False ? ThriftType.Byte : element, depth + 1);
                }

                break;
            case ThriftType.Map:
                ulong count = Varint();
                int types = count == 0 ? 0 : reader.U8("a map");
                for (int left = reader.Count(count, 2, "a map"); left > 0; left--)
                {
                    Skip((ThriftType)(types >> 4), depth + 1);
                    Skip((ThriftType)(types & 15), depth + 1);
                }

                break;
            case ThriftType.Struct:
                for (int id = 0; Field(ref id, out ThriftType field);)
                {
                    Skip(field, depth + 1);
                }

                break;
            default:
                throw reader.Error($"there is no type {(int)type} in this protocol");
        }
    }

    public readonly FormatException Error(string problem) => reader.Error(problem);

    private readonly void Expect(ThriftType type, ThriftType expected)
    {
        if (type != expected)
        {
            throw reader.Error($"{expected} is expected, not {type}");
        }
    }

    private ulong Varint() => reader.Varint("a number");

    private static long Signed(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}

/// <summary>Types of the compact protocol.</summary>
internal enum ThriftType
{
    Stop, True, False, Byte, Int16, Int32, Int64, Double, Binary, List, Set, Map, Struct,
}
