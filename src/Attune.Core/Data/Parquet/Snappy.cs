namespace Attune.Data.Parquet;

/// <summary>Decompresses a block of Snappy (google/snappy, format_description.txt).</summary>
internal static class Snappy
{
    /// <summary>Fills the target; false where the block is no such thing.</summary>
    public static bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        int from = 0, to = 0;
        if (!Length(source, ref from, out uint length) || length != (uint)target.Length)
        {
            return false;
        }

        while (from < source.Length)
        {
            int tag = source[from++], size, distance;
            switch (tag & 3)
            {
                case 0:
                    size = tag >> 2;
                    if (size >= 60)
                    {
                        int bytes = size - 59;
                        if (bytes > source.Length - from)
                        {
                            return false;
                        }

                        uint value = 0;
                        for (int i = 0; i < bytes; i++)
                        {
                            value |= (uint)source[from + i] << (8 * i);
                        }

                        from += bytes;
                        size = value < int.MaxValue ? (int)value : int.MaxValue - 1;
                    }

                    size++;
                    if (size > source.Length - from || size > target.Length - to)
                    {
                        return false;
                    }

                    source.Slice(from, size).CopyTo(target[to..]);
                    (from, to) = (from + size, to + size);
                    continue;
                case 1:
                    if (source.Length - from < 1)
                    {
                        return false;
                    }

                    (size, distance) = ((tag >> 2 & 7) + 4, tag >> 5 << 8 | source[from]);
                    from += 1;
                    break;
                case 2:
                    if (source.Length - from < 2)
                    {
                        return false;
                    }

                    (size, distance) = ((tag >> 2) + 1, source[from] | source[from + 1] << 8);
                    from += 2;
                    break;
                default:
                    if (source.Length - from < 4 || source[from + 3] > 127)
                    {
                        return false;
                    }

                    (size, distance) = ((tag >> 2) + 1, source[from] | source[from + 1] << 8 | source[from + 2] << 16 | source[from + 3] << 24);
                    from += 4;
                    break;
            }

            if (!Repeat.TryCopy(target, ref to, distance, size))
            {
                return false;
            }
        }

        return to == target.Length;
    }

    private static bool Length(ReadOnlySpan<byte> source, ref int from, out uint length)
    {
        length = 0;
        for (int shift = 0; shift < 35 && from < source.Length; shift += 7)
        {
            byte next = source[from++];
            length |= (uint)(next & 127) << shift;
            if (next < 128)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>What both block formats do most: copy from a little further back, perhaps overlapping.</summary>
internal static class Repeat
{
    public static bool TryCopy(Span<byte> target, ref int to, int distance, int size)
    {
        if (distance <= 0 || distance > to || size > target.Length - to)
        {
            return false;
        }

        if (distance >= size)
        {
            target.Slice(to - distance, size).CopyTo(target[to..]);
        }
        else
        {
            for (int i = 0; i < size; i++)
            {
                target[to + i] = target[to + i - distance];
            }
        }

        to += size;
        return true;
    }
}
