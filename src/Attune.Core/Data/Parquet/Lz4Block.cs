namespace Attune.Data.Parquet;

/// <summary>Decompresses a block of LZ4 (lz4_Block_format.md), as LZ4_RAW has it.</summary>
internal static class Lz4Block
{
    /// <summary>Fills the target; false where the block is no such thing.</summary>
    public static bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        int from = 0, to = 0;
        while (from < source.Length)
        {
            int token = source[from++];
            if (!Size(source, ref from, token >> 4, out int literals) || literals > source.Length - from || literals > target.Length - to)
            {
                return false;
            }

            source.Slice(from, literals).CopyTo(target[to..]);
            (from, to) = (from + literals, to + literals);
            if (from == source.Length)
            {
                break;                  // the last sequence has no match
            }

            if (source.Length - from < 2)
            {
                return false;
            }

            int distance = source[from] | source[from + 1] << 8;
            from += 2;
            if (!Size(source, ref from, token & 15, out int match) || match > int.MaxValue - 4 || !Repeat.TryCopy(target, ref to, distance, match + 4))
            {
                return false;
            }
        }

        return to == target.Length;
    }

    private static bool Size(ReadOnlySpan<byte> source, ref int from, int nibble, out int size)
    {
        size = nibble;
        for (int more = nibble == 15 ? 255 : 0; more == 255;)
        {
            if (from >= source.Length || size > 1 << 30)
            {
                return false;
            }

            more = source[from++];
            size += more;
        }

        return true;
    }
}
