namespace Attune.Data.Parquet;

/// <summary>Small integers as runs of one value or packed bit by bit: levels and indices into a dictionary.</summary>
internal sealed class RleReader(PageBytes bytes, int width)
{
    private ulong _left;                // values of the present run
    private uint _value;                // its value, or
    private ReadOnlyMemory<byte> _packed;
    private long _bit = -1;             // the next value's first bit in it; -1: a run of one value

    public uint Next()
    {
        while (_left == 0)
        {
            ulong header = bytes.Varint();
            _left = header >> 1;
            _bit = -1;
            if ((header & 1) == 0)
            {
                _value = 0;
                for (int i = 0; i < (width + 7) / 8; i++)
                {
                    _value |= (uint)bytes.U8() << (8 * i);
                }
            }
            else
            {
                // Groups of eight; a last group that was cut short counts as far as it goes.
                long size = _left > int.MaxValue ? throw bytes.Error("a run is too long") : (long)_left * width;
                _packed = bytes.Take(Math.Min(size, bytes.Left));
                _left = width == 0 ? _left * 8 : Math.Min(_left * 8, (ulong)_packed.Length * 8 / (ulong)width);
                _bit = 0;
                if (_left == 0 && size > 0)
                {
                    throw bytes.Error("a run ends before its values");
                }
            }
        }

        _left--;
        if (_bit < 0)
        {
            return _value;
        }

        uint result = Bits.Read(_packed.Span, _bit, width);
        _bit += width;
        return result;
    }
}

/// <summary>Integers of any number of bits, the lowest first.</summary>
internal static class Bits
{
    /// <summary>The integer of at most 32 bits that begins at a bit.</summary>
    public static uint Read(ReadOnlySpan<byte> bytes, long bit, int width) => (uint)ReadLong(bytes, bit, width);

    /// <summary>The same of at most 64 bits.</summary>
    public static ulong ReadLong(ReadOnlySpan<byte> bytes, long bit, int width)
    {
        ulong value = 0;
        for (int done = 0; done < width;)
        {
            long at = bit + done;
            int from = (int)(at & 7), take = Math.Min(8 - from, width - done);
            value |= (ulong)(bytes[(int)(at >> 3)] >> from & (1 << take) - 1) << done;
            done += take;
        }

        return value;
    }
}
