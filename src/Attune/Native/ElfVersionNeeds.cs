using System.Buffers.Binary;
using System.Text;

namespace Attune.Native;

/// <summary>
/// The version needs of a 64-bit little-endian ELF library (<c>.gnu.version_r</c>). TorchSharp's Linux build asks for GLIBCXX_3.4.32 for one
/// symbol that nothing relocates; marking that need as weak (VER_FLG_WEAK) lets older systems load it. Read by the section headers, every
/// offset checked against the file's length.
/// </summary>
internal static class ElfVersionNeeds
{
    private const ushort VerFlgWeak = 0x2;
    private const uint ShtGnuVerneed = 0x6ffffffe;

    /// <summary>Marks a version need as weak, in place.</summary>
    /// <param name="image">The library's bytes.</param>
    /// <param name="version">The version, such as <c>GLIBCXX_3.4.32</c>.</param>
    /// <returns>How many needs were marked; 0 where it has none or is no such file.</returns>
    public static int MarkWeak(Span<byte> image, string version)
    {
        int marked = 0;
        foreach (int flagsAt in Find(image, version))
        {
            ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(image[flagsAt..]);
            if ((flags & VerFlgWeak) == 0)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(image[flagsAt..], (ushort)(flags | VerFlgWeak));
                marked++;
            }
        }

        return marked;
    }

    /// <summary>Whether the library has that need and it is not weak.</summary>
    public static bool Requires(ReadOnlySpan<byte> image, string version)
    {
        foreach (int flagsAt in Find(image, version))
        {
            if ((BinaryPrimitives.ReadUInt16LittleEndian(image[flagsAt..]) & VerFlgWeak) == 0)
            {
                return true;
            }
        }

        return false;
    }

    private static List<int> Find(ReadOnlySpan<byte> image, string version)
    {
        var found = new List<int>();
        byte[] wanted = Encoding.ASCII.GetBytes(version + "\0");
        var sections = ElfImage.Sections(image);
        foreach (var section in sections)
        {
            if (section.Type == ShtGnuVerneed)
            {
                Walk(image, section.At, section.Link < sections.Count ? sections[(int)section.Link].At : -1, wanted, found);
            }
        }

        return found;
    }

    /// <summary>Walks Elf64_Verneed entries and their Elf64_Vernaux; an entry's distance to the next is relative, 0 ends the list.</summary>
    private static void Walk(ReadOnlySpan<byte> image, long at, long strings, ReadOnlySpan<byte> wanted, List<int> found)
    {
        for (int guard = 0; guard < 4096; guard++)
        {
            var need = ElfImage.Slice(image, at, 16);
            if (need.IsEmpty)
            {
                return;
            }

            long auxiliaryAt = at + BinaryPrimitives.ReadUInt32LittleEndian(need[8..]);
            int auxiliaries = BinaryPrimitives.ReadUInt16LittleEndian(need[2..]);
            for (int i = 0; i < auxiliaries; i++)
            {
                var auxiliary = ElfImage.Slice(image, auxiliaryAt, 16);
                if (auxiliary.IsEmpty)
                {
                    return;
                }

                var name = ElfImage.Slice(image, strings + BinaryPrimitives.ReadUInt32LittleEndian(auxiliary[8..]), wanted.Length);
                if (name.SequenceEqual(wanted))
                {
                    found.Add((int)auxiliaryAt + 4);
                }

                auxiliaryAt += BinaryPrimitives.ReadUInt32LittleEndian(auxiliary[12..]);
            }

            uint next = BinaryPrimitives.ReadUInt32LittleEndian(need[12..]);
            if (next == 0)
            {
                return;
            }

            at += next;
        }
    }
}
