namespace Attune.Data.Parquet;

/// <summary>DELTA_BINARY_PACKED: integers as differences, packed in blocks with as many bits as each part of a block needs.</summary>
internal sealed class DeltaReader
{
    private readonly PageBytes _bytes;
    private readonly int _perPart;
    private readonly int _parts;
    private long _last;
    private long _left;                 // values not yet given
    private long _least;                // the block's smallest difference
    private byte[] _widths = [];
    private int _part, _inPart;
    private ReadOnlyMemory<byte> _packed;
    private bool _first = true;

    public DeltaReader(PageBytes bytes)
    {
        _bytes = bytes;
        ulong block = bytes.Varint(), parts = bytes.Varint(), count = bytes.Varint();
        _last = bytes.SignedVarint();
        if (block is 0 or > 1 << 16 || parts == 0 || parts > block || block % parts != 0 || count > int.MaxValue)
        {
            throw bytes.Error("the head of a block of differences makes no sense");
        }

        (_perPart, _parts, _left) = ((int)(block / parts), (int)parts, (long)count);
        _part = _parts;
    }

    /// <summary>How many values there are left.</summary>
    public long Left => _left;

    public long Next()
    {
        if (_left-- <= 0)
        {
            throw _bytes.Error("there are fewer differences than values");
        }

        if (_first)
        {
            _first = false;
            return _last;
        }

        if (_inPart == 0)
        {
            NextPart();
        }

        int width = _widths[_part];
        ulong difference = Bits.ReadLong(_packed.Span, (long)(_perPart - _inPart) * width, width);
        _inPart--;
        return _last = unchecked(_last + _least + (long)difference);
    }

    /// <summary>Reads on to the end of what belongs to the differences; other data follows there.</summary>
    public void SkipToEnd()
    {
        while (_left > 0)
        {
            Next();
        }
    }

    private void NextPart()
    {
        if (++_part >= _parts)
        {
            _least = _bytes.SignedVarint();
            _widths = _bytes.Take(_parts).ToArray();
            _part = 0;
        }

        if (_widths[_part] > 64)
        {
            throw _bytes.Error("a difference of more than 64 bits");
        }

        long size = ((long)_perPart * _widths[_part] + 7) / 8;
        ReadOnlyMemory<byte> packed = _bytes.Take(Math.Min(size, _bytes.Left));
        if (packed.Length < size)               // the last part may be cut to the values that there are
        {
            packed = packed.Length * 8L >= Math.Min(_perPart, _left + 1) * _widths[_part] ? packed : throw _bytes.Error("differences end before their number is reached");
        }

        (_packed, _inPart) = (packed, _perPart);
    }
}
