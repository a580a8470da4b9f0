using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Attune.Data;

/// <summary>Writes small Parquet files with layouts and encodings that the library which writes the other test files does not have.</summary>
internal sealed class ParquetBuilder
{
    private readonly List<byte> _bytes = [.. "PAR1"u8];
    private readonly List<byte> _schema = [];
    private readonly List<byte> _chunks = [];
    private int _elements = 1, _columns, _children;

    /// <summary>A column: physical type, how it repeats (0 required, 1 optional) and its one page. Lists have their levels in <paramref name="levels"/>.</summary>
    public ParquetBuilder Column(string name, int type, int encoding, int values, byte[] body, bool second, (int Level, int Highest)[]? definitions = null, (int Level, int Highest)[]? repetitions = null, byte[]? dictionary = null, int entries = 0)
    {
        bool list = repetitions is not null;
        if (list)
        {
            _schema.AddRange([.. Element(name, null, 1, 1, list: true), .. Element("list", null, 2, 1), .. Element("element", type, 1, 0)]);
        }
        else
        {
            _schema.AddRange(Element(name, type, definitions is null ? 0 : 1, 0));
        }

        (_elements, _children, _columns) = (_elements + (list ? 3 : 1), _children + 1, _columns + 1);
        long dictionaryAt = _bytes.Count;
        if (dictionary is not null)
        {
            _bytes.AddRange([.. Struct(I32(1, 2), I32(2, dictionary.Length), I32(3, dictionary.Length), Nested(7, I32(1, entries), I32(2, 0))), .. dictionary]);
        }

        long dataAt = _bytes.Count;
        byte[] rep = repetitions is null ? [] : Levels(repetitions), def = definitions is null ? [] : Levels(definitions);
        byte[] page = second ? [.. rep, .. def, .. body] : [.. Sized(rep), .. Sized(def), .. body];
        _bytes.AddRange(second
            ? Struct(I32(1, 3), I32(2, page.Length), I32(3, page.Length), Nested(8, I32(1, values), I32(2, 0), I32(3, values), I32(4, encoding), I32(5, def.Length), I32(6, rep.Length)))
            : Struct(I32(1, 0), I32(2, page.Length), I32(3, page.Length), Nested(5, I32(1, values), I32(2, encoding), I32(3, 3), I32(4, 3))));
        _bytes.AddRange(page);
        byte[] meta = Nested(3, I32(1, type), I32(4, 0), I64(5, values), I64(9, dataAt), dictionary is null ? [] : I64(11, dictionaryAt, step: 2));
        _chunks.AddRange(Struct(meta));
        return this;
    }

    public byte[] Build(int rows)
    {
        byte[] root = Element("schema", null, 0, _children);
        byte[] group = Struct(List(1, _columns, [.. _chunks]), I64(3, rows));
        byte[] footer = Struct(I32(1, 2), List(2, _elements, [.. root, .. _schema]), I64(3, rows), List(4, 1, group));
        byte[] size = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(size, footer.Length);
        return [.. _bytes, .. footer, .. size, .. "PAR1"u8];
    }

    public static byte[] Plain(IEnumerable<string> texts) => [.. texts.SelectMany(text => (byte[])[.. BitConverter.GetBytes(Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)])];

    /// <summary>Differences in blocks of 128 with four parts.</summary>
    public static byte[] Delta(long[] values)
    {
        List<byte> bytes = [.. Varint(128), .. Varint(4), .. Varint((ulong)values.Length), .. ZigZag(values.Length == 0 ? 0 : values[0])];
        long[] differences = [.. values.Skip(1).Zip(values, (next, last) => unchecked(next - last))];
        foreach (long[] block in differences.Chunk(128))
        {
            long least = block.Min();
            bytes.AddRange(ZigZag(least));
            ulong[][] parts = [.. block.Select(value => unchecked((ulong)(value - least))).Chunk(32)];
            int[] widths = [.. parts.Select(part => 64 - BitOperations.LeadingZeroCount(part.Max()))];
            bytes.AddRange(Enumerable.Range(0, 4).Select(i => (byte)(i < widths.Length ? widths[i] : 0)));
            foreach (var (part, width) in parts.Zip(widths))
            {
                bytes.AddRange(Pack([.. part, .. new ulong[32 - part.Length]], width));
            }
        }

        return [.. bytes];
    }

    public static byte[] DeltaLength(string[] texts) =>
        [.. Delta([.. texts.Select(text => (long)Encoding.UTF8.GetByteCount(text))]), .. texts.SelectMany(Encoding.UTF8.GetBytes)];

    public static byte[] DeltaPrefix(string[] texts)
    {
        int[] shared = [.. texts.Select((text, i) => i == 0 ? 0 : text.Zip(texts[i - 1]).TakeWhile(pair => pair.First == pair.Second && pair.First < 128).Count())];
        return [.. Delta([.. shared.Select(length => (long)length)]), .. DeltaLength([.. texts.Select((text, i) => text[shared[i]..])])];
    }

    public static byte[] ByteStream(double[] values) => [.. Enumerable.Range(0, 8).SelectMany(i => values.Select(value => BitConverter.GetBytes(value)[i]))];

    public static byte[] Pack(ulong[] values, int width)
    {
        byte[] bytes = new byte[(values.Length * width + 7) / 8];
        for (int i = 0; i < values.Length; i++)
        {
            for (int bit = 0; bit < width; bit++)
            {
                int at = i * width + bit;
                bytes[at / 8] |= (byte)((values[i] >> bit & 1) << (at % 8));
            }
        }

        return bytes;
    }

    /// <summary>Runs of one value where it comes eight times or more, bits where not.</summary>
    public static byte[] Rle(uint[] values, int width)
    {
        List<byte> bytes = [];
        for (int i = 0; i < values.Length;)
        {
            int run = values.Skip(i).TakeWhile(value => value == values[i]).Count();
            if (run >= 8)
            {
                bytes.AddRange([.. Varint((ulong)run << 1), .. BitConverter.GetBytes(values[i])[..((width + 7) / 8)]]);
            }
            else
            {
                run = Math.Min(8, values.Length - i);
                bytes.AddRange([.. Varint(1 << 1 | 1), .. Pack([.. values.Skip(i).Take(8).Select(value => (ulong)value), .. new ulong[8 - run]], width)]);
            }

            i += run;
        }

        return [.. bytes];
    }

    private static byte[] Levels((int Level, int Highest)[] levels) =>
        levels.Length == 0 ? [] : Rle([.. levels.Select(level => (uint)level.Level)], BitOperations.Log2((uint)levels[0].Highest) + 1);

    private static byte[] Sized(byte[] levels) => levels.Length == 0 ? [] : [.. BitConverter.GetBytes(levels.Length), .. levels];

    private static byte[] Element(string name, int? type, int repetition, int children, bool list = false) =>
        Struct(type is { } physical ? I32(1, physical) : [], I32(3, repetition, type is null ? 3 : 2),
            [0x18, .. Varint((ulong)name.Length), .. Encoding.UTF8.GetBytes(name)],
            children > 0 ? I32(5, children, 1) : [], list ? I32(6, 3, 1) : type == 6 ? I32(6, 0, children > 0 ? 1 : 2) : []);

    // Fields in the short form need the step from the last one; those written here are given in order, from 1 or with their step.
    private static byte[] I32(int id, int value, int? step = null) => Field(id, step, 5, ZigZag(value));

    private static byte[] I64(int id, long value, int? step = null) => Field(id, step, 6, ZigZag(value));

    private static byte[] Field(int id, int? step, int type, byte[] value) => step is { } small ? [(byte)(small << 4 | type), .. value] : [(byte)type, .. ZigZag(id), .. value];

    private static byte[] Nested(int id, params byte[][] fields) => [12, .. ZigZag(id), .. Struct(fields)];

    private static byte[] List(int id, int count, byte[] structs) => [9, .. ZigZag(id), 0xFC, .. Varint((ulong)count), .. structs];

    private static byte[] Struct(params byte[][] fields) => [.. fields.SelectMany(field => field), 0];

    private static byte[] ZigZag(long value) => Varint((ulong)(value << 1 ^ value >> 63));

    private static byte[] Varint(ulong value)
    {
        List<byte> bytes = [];
        for (; value > 127; value >>= 7)
        {
            bytes.Add((byte)(value | 128));
        }

        return [.. bytes, (byte)value];
    }
}
