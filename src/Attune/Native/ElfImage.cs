using System.Buffers.Binary;

namespace Attune.Native;

/// <summary>The sections of a 64-bit little-endian ELF library, every offset checked against the file's length.</summary>
internal static class ElfImage
{
    private const int HeaderLength = 64;

    /// <summary>A section.</summary>
    /// <param name="Type">sh_type.</param>
    /// <param name="At">Where its bytes begin.</param>
    /// <param name="Size">How many there are.</param>
    /// <param name="Link">The number of the section that its names or symbols are in.</param>
    public readonly record struct Section(uint Type, long At, long Size, uint Link);

    /// <summary>The sections in their order; none where it is no such file. One that lies outside of the file is empty.</summary>
    /// <param name="image">The library's bytes.</param>
    public static List<Section> Sections(ReadOnlySpan<byte> image)
    {
        var found = new List<Section>();
        if (image.Length < HeaderLength || !image[..4].SequenceEqual("\u007fELF"u8) || image[4] != 2 || image[5] != 1)
        {
            return found;
        }

        long start = Offset(image, 40);
        int entrySize = BinaryPrimitives.ReadUInt16LittleEndian(image[58..]), count = BinaryPrimitives.ReadUInt16LittleEndian(image[60..]);
        for (int i = 0; i < count; i++)
        {
            var header = Slice(image, start + ((long)i * entrySize), HeaderLength);
            found.Add(header.IsEmpty ? default : new Section(
                BinaryPrimitives.ReadUInt32LittleEndian(header[4..]), Offset(header, 24), Offset(header, 32), BinaryPrimitives.ReadUInt32LittleEndian(header[40..])));
        }

        return found;
    }

    /// <summary>A piece of the file; empty where it does not lie within.</summary>
    public static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> image, long at, int length) =>
        at < 0 || at > image.Length - length ? default : image.Slice((int)at, length);

    /// <summary>A number of 64 bits.</summary>
    public static long Offset(ReadOnlySpan<byte> from, int at) => (long)BinaryPrimitives.ReadUInt64LittleEndian(from[at..]);
}
