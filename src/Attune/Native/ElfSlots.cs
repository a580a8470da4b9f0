using System.Buffers.Binary;
using System.Text;

namespace Attune.Native;

/// <summary>Where a 64-bit little-endian ELF library keeps the addresses of the functions that it calls in others (<c>.rela.plt</c>).</summary>
internal static class ElfSlots
{
    private const uint ShtRela = 4;
    private const int EntryLength = 24;
    private const int SymbolLength = 24;
    private const uint JumpSlotX64 = 7;
    private const uint JumpSlotArm64 = 1026;

    /// <summary>The place of a function's address, from the start of the loaded library; null where it calls no such function.</summary>
    /// <param name="image">The library's bytes.</param>
    /// <param name="function">The function's name, without its version.</param>
    public static long? Find(ReadOnlySpan<byte> image, string function)
    {
        byte[] wanted = Encoding.ASCII.GetBytes(function + "\0");
        var sections = ElfImage.Sections(image);
        foreach (var section in sections)
        {
            var symbols = section.Type == ShtRela && section.Link < sections.Count ? sections[(int)section.Link] : default;
            if (symbols.Link == 0 || symbols.Link >= sections.Count)
            {
                continue;
            }

            long names = sections[(int)symbols.Link].At;
            for (long at = section.At; at <= section.At + section.Size - EntryLength; at += EntryLength)
            {
                var entry = ElfImage.Slice(image, at, EntryLength);
                if (entry.IsEmpty)
                {
                    break;
                }

                // r_info: the symbol's number above, the kind below.
                uint kind = BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]), number = BinaryPrimitives.ReadUInt32LittleEndian(entry[12..]);
                var symbol = ElfImage.Slice(image, symbols.At + ((long)number * SymbolLength), SymbolLength);
                if (kind is JumpSlotX64 or JumpSlotArm64 && !symbol.IsEmpty
                    && ElfImage.Slice(image, names + BinaryPrimitives.ReadUInt32LittleEndian(symbol), wanted.Length).SequenceEqual(wanted))
                {
                    return ElfImage.Offset(entry, 0);
                }
            }
        }

        return null;
    }
}
