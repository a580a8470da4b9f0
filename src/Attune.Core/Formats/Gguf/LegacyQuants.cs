using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Attune.Formats;

/// <summary>The types of 32-element blocks with one half-precision scale, and a minimum in the <c>_1</c> types.</summary>
internal static class LegacyQuants
{
    private const int Elements = 32;

    /// <summary>Block: scale, minimum, 16 bytes; the low nibbles are the first 16 elements, the high ones the rest.</summary>
    public static void DequantizeQ41(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int block = 0; block < values.Length / Elements; block++)
        {
            var bytes = blocks.Slice(block * 20, 20);
            var result = values.Slice(block * Elements, Elements);
            float scale = Scale(bytes);
            float minimum = Scale(bytes[2..]);
            var packed = Vector128.Create(bytes[4..]);
            WidenBytes.Store(packed & Vector128.Create((byte)0x0F), scale, minimum, result);
            WidenBytes.Store(packed >>> 4, scale, minimum, result[16..]);
        }
    }

    /// <summary>Block: scale, 32 signed bytes.</summary>
    public static void DequantizeQ80(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int block = 0; block < values.Length / Elements; block++)
        {
            var bytes = blocks.Slice(block * 34, 34);
            var result = values.Slice(block * Elements, Elements);
            float scale = Scale(bytes);
            WidenBytes.Store(Vector128.Create(bytes[2..]).AsSByte(), scale, result);
            WidenBytes.Store(Vector128.Create(bytes[18..]).AsSByte(), scale, result[16..]);
        }
    }

    private static float Scale(ReadOnlySpan<byte> bytes) => (float)MemoryMarshal.Read<Half>(bytes);
}
