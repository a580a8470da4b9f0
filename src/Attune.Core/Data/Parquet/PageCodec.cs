using System.IO.Compression;
using FormatException = Attune.Formats.FormatException;

namespace Attune.Data.Parquet;

/// <summary>Decompresses pages.</summary>
internal static class PageCodec
{
    /// <summary>A page's bytes.</summary>
    /// <param name="source">As they lie in the file.</param>
    /// <param name="size">How many they are decompressed.</param>
    /// <param name="codec">Parquet's number of the codec.</param>
    /// <param name="file">The file, for messages.</param>
    /// <param name="offset">Where the page begins, for messages.</param>
    public static ReadOnlyMemory<byte> Decompress(byte[] source, int size, int codec, string file, long offset)
    {
        if (size == 0)
        {
            return default;             // of nothing some writers keep a compressed byte
        }

        if (codec == 0)
        {
            return source.Length == size ? source : throw new FormatException(file, offset, $"a page of {source.Length} bytes claims to be {size}");
        }

        // What a byte can become at most: a Snappy copy of three bytes gives 64, one of LZ4 255 a byte. What the others shrink to
        // less than a 64th is no text.
        long most = codec switch { 1 => 22L * source.Length, 7 => 255L * source.Length, _ => 64L * source.Length + (8 << 20) };
        if (size > most)
        {
            throw new FormatException(file, offset, $"a page of {source.Length} bytes claims to be {size} bytes decompressed");
        }

        byte[]? target = codec switch
        {
            1 => Block(Snappy.TryDecompress, source, size),
            2 => Inflate(new GZipStream(new MemoryStream(source), CompressionMode.Decompress), size),
            4 => Inflate(new BrotliStream(new MemoryStream(source), CompressionMode.Decompress), size),
            6 => Inflate(new ZstdSharp.DecompressionStream(new MemoryStream(source)), size),
            7 => Block(Lz4Block.TryDecompress, source, size),
            _ => throw new FormatException(file, offset, $"the compression {(codec == 3 ? "LZO" : "LZ4 with Hadoop's frames")} is not supported", "write the file with Snappy, Zstandard or gzip"),
        };
        return target ?? throw new FormatException(file, offset, "a page cannot be decompressed");
    }

    private delegate bool BlockCodec(ReadOnlySpan<byte> source, Span<byte> target);

    private static byte[]? Block(BlockCodec codec, byte[] source, int size)
    {
        byte[] target = new byte[size];
        return codec(source, target) ? target : null;
    }

    // Grows with what comes out, not with what is claimed.
    private static byte[]? Inflate(Stream stream, int size)
    {
        using (stream)
        {
            try
            {
                byte[] target = new byte[Math.Min(size, 64 << 10)];
                for (int have = 0; ;)
                {
                    have += stream.ReadAtLeast(target.AsSpan(have), target.Length - have, throwOnEndOfStream: false);
                    if (have < target.Length || have == size)
                    {
                        return have == size && stream.ReadByte() < 0 ? target : null;
                    }

                    Array.Resize(ref target, (int)Math.Min(size, 4L * have));
                }
            }
            catch (Exception error) when (error is InvalidDataException or IOException or InvalidOperationException or ZstdSharp.ZstdException)
            {
                return null;
            }
        }
    }
}
