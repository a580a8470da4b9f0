using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Attune.Formats;

/// <summary>Swaps the bytes of elements in place.</summary>
internal static class Endianness
{
    /// <param name="bytes">Whole elements.</param>
    /// <param name="size">The bytes of one: 1, 2, 4 or 8.</param>
    public static void Reverse(Span<byte> bytes, int size)
    {
        switch (size)
        {
            case 2:
                var shorts = MemoryMarshal.Cast<byte, ushort>(bytes);
                BinaryPrimitives.ReverseEndianness(shorts, shorts);
                break;
            case 4:
                var ints = MemoryMarshal.Cast<byte, uint>(bytes);
                BinaryPrimitives.ReverseEndianness(ints, ints);
                break;
            case 8:
                var longs = MemoryMarshal.Cast<byte, ulong>(bytes);
                BinaryPrimitives.ReverseEndianness(longs, longs);
                break;
        }
    }
}
