using System.Numerics;
using System.Runtime.InteropServices;

namespace Attune.Formats;

/// <summary>
/// The IQ types of 1 to 3 bits: blocks of 256 elements, eight at a time a point of a fixed grid (for 3 bits two points of four),
/// with signs of their own or, in the 1-bit types, a small shift.
/// </summary>
internal static class IQuants
{
    public const int Elements = 256;
    private const int Groups = Elements / 8;
    private const float Delta = 0.125f;

    /// <summary>Block: scale; for each 32 elements four bytes of grid indices, then four times 7 bits of signs and 4 bits of scale.</summary>
    public static void DequantizeIq2Xxs(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        var grid = IQuantGrids.Iq2Xxs;
        for (; !values.IsEmpty; blocks = blocks[66..], values = values[Elements..])
        {
            float whole = WidenBytes.Scale(blocks);
            for (int group = 0; group < Groups; group++)
            {
                var part = blocks.Slice(2 + (group / 4 * 8), 8);
                uint rest = MemoryMarshal.Read<uint>(part[4..]);
                float scale = whole * (0.5f + (rest >> 28)) * 0.25f;
                WidenBytes.Store(grid[part[group % 4]], Signs(rest >> (7 * (group % 4))), scale, values[(group * 8)..]);
            }
        }
    }

    /// <summary>Block: scale; 32 times 9 bits of grid index and 7 of signs; 8 bytes of 4-bit scales.</summary>
    public static void DequantizeIq2Xs(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        var grid = IQuantGrids.Iq2Xs;
        for (; !values.IsEmpty; blocks = blocks[74..], values = values[Elements..])
        {
            float whole = WidenBytes.Scale(blocks);
            for (int group = 0; group < Groups; group++)
            {
                ushort code = MemoryMarshal.Read<ushort>(blocks[(2 + (group * 2))..]);
                float scale = whole * (0.5f + Nibble(blocks[66..], group / 2)) * 0.25f;
                WidenBytes.Store(grid[code & 0x1FF], Signs((uint)code >> 9), scale, values[(group * 8)..]);
            }
        }
    }

    /// <summary>Block: scale; 32 bytes of grid indices, 32 of signs, 8 of the indices' upper bit pairs, 8 of 4-bit scales.</summary>
    public static void DequantizeIq2S(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        var grid = IQuantGrids.Iq2S;
        for (; !values.IsEmpty; blocks = blocks[82..], values = values[Elements..])
        {
            float whole = WidenBytes.Scale(blocks);
            for (int group = 0; group < Groups; group++)
            {
                int index = blocks[2 + group] | (((blocks[66 + (group / 4)] >> (2 * (group % 4))) & 3) << 8);
                float scale = whole * (0.5f + Nibble(blocks[74..], group / 2)) * 0.25f;
                WidenBytes.Store(grid[index], blocks[34 + group], scale, values[(group * 8)..]);
            }
        }
    }

    /// <summary>Block: scale; 64 bytes of grid indices; for each 32 elements four times 7 bits of signs and 4 bits of scale.</summary>
    public static void DequantizeIq3Xxs(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        var grid = IQuantGrids.Iq3Xxs;
        for (; !values.IsEmpty; blocks = blocks[98..], values = values[Elements..])
        {
            float whole = WidenBytes.Scale(blocks);
            for (int group = 0; group < Groups; group++)
            {
                uint rest = MemoryMarshal.Read<uint>(blocks[(66 + (group / 4 * 4))..]);
                float scale = whole * (0.5f + (rest >> 28)) * 0.5f;
                ulong point = grid[blocks[2 + (group * 2)]] | (grid[blocks[3 + (group * 2)]] << 32);
                WidenBytes.Store(point, Signs(rest >> (7 * (group % 4))), scale, values[(group * 8)..]);
            }
        }
    }

    /// <summary>Block: scale; 64 bytes of grid indices, 8 of their ninth bits, 32 of signs, 4 of 4-bit scales.</summary>
    public static void DequantizeIq3S(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        var grid = IQuantGrids.Iq3S;
        for (; !values.IsEmpty; blocks = blocks[110..], values = values[Elements..])
        {
            float whole = WidenBytes.Scale(blocks);
            for (int group = 0; group < Groups; group++)
            {
                int ninth = blocks[66 + (group / 4)] >> (group % 4 * 2);
                float scale = whole * (1 + (2 * Nibble(blocks[106..], group / 4)));
                ulong first = grid[blocks[2 + (group * 2)] | ((ninth & 1) << 8)];
                ulong second = grid[blocks[3 + (group * 2)] | ((ninth & 2) << 7)];
                WidenBytes.Store(first | (second << 32), blocks[74 + group], scale, values[(group * 8)..]);
            }
        }
    }

    /// <summary>Block: scale; 32 bytes of grid indices; for each 32 elements four times 3 upper bits, 3 of scale, 1 of the shift's sign.</summary>
    public static void DequantizeIq1S(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        var grid = IQuantGrids.Iq1;
        for (; !values.IsEmpty; blocks = blocks[50..], values = values[Elements..])
        {
            float whole = WidenBytes.Scale(blocks);
            for (int group = 0; group < Groups; group++)
            {
                int rest = MemoryMarshal.Read<ushort>(blocks[(34 + (group / 4 * 2))..]);
                int index = blocks[2 + group] | (((rest >> (3 * (group % 4))) & 7) << 8);
                float scale = whole * ((2 * ((rest >> 12) & 7)) + 1);
                WidenBytes.Store(grid[index], (rest & 0x8000) == 0 ? Delta : -Delta, scale, values[(group * 8)..]);
            }
        }
    }

    /// <summary>
    /// Block: 32 bytes of grid indices; for each 8 elements 3 upper bits and 1 of the shift's sign; four times four 3-bit scales, each with
    /// a quarter of the block's half-precision scale in its upper bits.
    /// </summary>
    public static void DequantizeIq1M(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        var grid = IQuantGrids.Iq1;
        for (; !values.IsEmpty; blocks = blocks[56..], values = values[Elements..])
        {
            var scales = MemoryMarshal.Cast<byte, ushort>(blocks.Slice(48, 8));
            int bits = (scales[0] >> 12) | (scales[1] >> 12 << 4) | (scales[2] >> 12 << 8) | (scales[3] >> 12 << 12);
            float whole = (float)BitConverter.UInt16BitsToHalf((ushort)bits);
            for (int group = 0; group < Groups; group++)
            {
                int rest = Nibble(blocks[32..], group);
                float scale = whole * ((2 * ((scales[group / 8] >> (3 * (group / 2 % 4))) & 7)) + 1);
                WidenBytes.Store(grid[blocks[group] | ((rest & 7) << 8)], (rest & 8) == 0 ? Delta : -Delta, scale, values[(group * 8)..]);
            }
        }
    }

    private static int Nibble(ReadOnlySpan<byte> bytes, int index) => (bytes[index / 2] >> (index % 2 * 4)) & 0x0F;

    // Seven signs are given, the eighth makes the number of negative ones even.
    private static byte Signs(uint code)
    {
        uint seven = code & 0x7F;
        return (byte)(seven | ((uint)(BitOperations.PopCount(seven) & 1) << 7));
    }
}
