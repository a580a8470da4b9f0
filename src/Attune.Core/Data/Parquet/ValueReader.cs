using System.Buffers.Binary;

namespace Attune.Data.Parquet;

/// <summary>One value of a column, in the field that its type says.</summary>
internal struct ColumnValue
{
    public long Integer;
    public double Real;
    public ReadOnlyMemory<byte> Bytes;
}

/// <summary>Reads a page's values one by one.</summary>
internal abstract class ValueReader
{
    public abstract void Next(ref ColumnValue value);
}

/// <summary>PLAIN: values as they are.</summary>
internal sealed class PlainReader(PageBytes bytes, PhysicalType type, int length) : ValueReader
{
    private int _bit;

    public override void Next(ref ColumnValue value)
    {
        switch (type)
        {
            case PhysicalType.Boolean:
                if (_bit == 0)
                {
                    value.Bytes = bytes.Take(1);
                    _bit = 8;
                }

                value.Integer = value.Bytes.Span[0] >> (8 - _bit--) & 1;
                break;
            case PhysicalType.Int32: value.Integer = (int)bytes.U32(); break;
            case PhysicalType.Int64: value.Integer = BinaryPrimitives.ReadInt64LittleEndian(bytes.Take(8).Span); break;
            case PhysicalType.Float: value.Real = BitConverter.UInt32BitsToSingle(bytes.U32()); break;
            case PhysicalType.Double: value.Real = BinaryPrimitives.ReadDoubleLittleEndian(bytes.Take(8).Span); break;
            case PhysicalType.ByteArray: value.Bytes = bytes.Take(bytes.U32()); break;
            default: value.Bytes = bytes.Take(type == PhysicalType.Int96 ? 12 : length); break;
        }
    }
}

/// <summary>Indices into a dictionary, whose entries are read where they lie.</summary>
internal sealed class DictionaryReader(ColumnDictionary dictionary, PageBytes bytes) : ValueReader
{
    private readonly RleReader? _indices = bytes.Left > 0 && bytes.U8() is var width
        ? width <= 32 ? new RleReader(bytes, width) : throw bytes.Error("an index of more than 32 bits") : null;

    public override void Next(ref ColumnValue value) => dictionary.Get(_indices?.Next() ?? 0, ref value);
}

/// <summary>A column's dictionary of one row group.</summary>
internal sealed class ColumnDictionary
{
    private readonly PageBytes _bytes;
    private readonly PlainReader _reader;
    private readonly int _size;         // of every entry, or 0 where they differ
    private readonly int[] _places = [];
    private readonly int _count;

    public ColumnDictionary(PageBytes bytes, int count, PhysicalType type, int length)
    {
        _bytes = bytes;
        _reader = new PlainReader(bytes, type, length);
        _count = count;
        _size = type switch
        {
            PhysicalType.Int32 or PhysicalType.Float => 4,
            PhysicalType.Int64 or PhysicalType.Double => 8,
            PhysicalType.Int96 => 12,
            PhysicalType.FixedLengthByteArray => length,
            PhysicalType.ByteArray => 0,
            _ => throw bytes.Error("truth values have no dictionary"),
        };
        int least = type == PhysicalType.ByteArray ? 4 : _size;
        if ((long)count * least > bytes.Length)
        {
            throw bytes.Error($"a dictionary of {count} entries in {bytes.Length} bytes");
        }

        if (type == PhysicalType.ByteArray)
        {
            _places = new int[count];
            for (int i = 0; i < count; i++)
            {
                _places[i] = bytes.Position;
                bytes.Take(bytes.U32());
            }
        }
    }

    public void Get(uint index, ref ColumnValue value)
    {
        if (index >= (uint)_count)
        {
            throw _bytes.Error($"index {index} into a dictionary of {_count} entries");
        }

        _bytes.Position = _places.Length > 0 ? _places[index] : (int)index * _size;
        _reader.Next(ref value);
    }
}

/// <summary>RLE of truth values.</summary>
internal sealed class RleBooleanReader(PageBytes bytes) : ValueReader
{
    private readonly RleReader _bits = new(bytes.Part(bytes.U32()), 1);

    public override void Next(ref ColumnValue value) => value.Integer = _bits.Next();
}

/// <summary>Integers as differences.</summary>
internal sealed class DeltaIntegerReader(PageBytes bytes, PhysicalType type) : ValueReader
{
    private readonly DeltaReader _values = new(bytes);

    public override void Next(ref ColumnValue value) => value.Integer = type == PhysicalType.Int32 ? (int)_values.Next() : _values.Next();
}

/// <summary>Lengths as differences, then the bytes.</summary>
internal sealed class DeltaLengthReader : ValueReader
{
    private readonly DeltaReader _lengths;
    private readonly PageBytes _data;

    public DeltaLengthReader(PageBytes bytes)
    {
        _lengths = new DeltaReader(bytes.Fork());
        _data = bytes;
        new DeltaReader(_data).SkipToEnd();
    }

    public override void Next(ref ColumnValue value) => value.Bytes = _data.Take(_lengths.Next());
}

/// <summary>How much of the value before is taken over, as differences, then the rest as <see cref="DeltaLengthReader"/>.</summary>
internal sealed class DeltaPrefixReader : ValueReader
{
    private readonly PageBytes _bytes;
    private readonly DeltaReader _prefixes;
    private readonly DeltaLengthReader _suffixes;
    private byte[] _last = [];

    public DeltaPrefixReader(PageBytes bytes)
    {
        _bytes = bytes;
        _prefixes = new DeltaReader(bytes.Fork());
        new DeltaReader(bytes).SkipToEnd();
        _suffixes = new DeltaLengthReader(bytes);
    }

    public override void Next(ref ColumnValue value)
    {
        long prefix = _prefixes.Next();
        _suffixes.Next(ref value);
        if (prefix < 0 || prefix > _last.Length || prefix + value.Bytes.Length > 16 << 20)
        {
            throw _bytes.Error("a value takes over more than the one before it has");
        }

        byte[] whole = new byte[prefix + value.Bytes.Length];
        _last.AsSpan(0, (int)prefix).CopyTo(whole);
        value.Bytes.Span.CopyTo(whole.AsSpan((int)prefix));
        value.Bytes = _last = whole;
    }
}

/// <summary>BYTE_STREAM_SPLIT: the first bytes of all numbers, then their second bytes, and so on.</summary>
internal sealed class ByteStreamReader(PageBytes bytes, PhysicalType type, int size) : ValueReader
{
    private readonly ReadOnlyMemory<byte> _all = bytes.Take(bytes.Left);
    private readonly byte[] _one = new byte[8];
    private int _next;

    public override void Next(ref ColumnValue value)
    {
        int count = _all.Length / size;
        if (_next >= count)
        {
            throw bytes.Error("there are fewer numbers than values");
        }

        for (int i = 0; i < size; i++)
        {
            _one[i] = _all.Span[i * count + _next];
        }

        _next++;
        switch (type)
        {
            case PhysicalType.Int32: value.Integer = BinaryPrimitives.ReadInt32LittleEndian(_one); break;
            case PhysicalType.Int64: value.Integer = BinaryPrimitives.ReadInt64LittleEndian(_one); break;
            case PhysicalType.Float: value.Real = BinaryPrimitives.ReadSingleLittleEndian(_one); break;
            default: value.Real = BinaryPrimitives.ReadDoubleLittleEndian(_one); break;
        }
    }
}
