using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Attune.Formats;

/// <summary>The types of weights that are -1, 0 or 1: 256 elements a block, the scale at the end.</summary>
internal static class TernaryQuants
{
    public const int Elements = 256;

    // Where five (at last four) trits share a byte: runs of so many bytes, each over trits that lie as many elements apart.
    private static readonly (int Bytes, int Trits)[] Runs = [(32, 5), (16, 5), (4, 4)];

    /// <summary>Block: 48 bytes of five trits, 4 of four, scale. A byte holds them as a fraction of 256: times 3, the carry is the next one.</summary>
    public static void DequantizeTq1(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !values.IsEmpty; blocks = blocks[54..], values = values[Elements..])
        {
            float scale = WidenBytes.Scale(blocks[52..]);
            for (int start = 0; start < 48; start += 16)
            {
                // The first 32 bytes make runs of 32 elements, the next 16 bytes runs of 16.
                var (element, run) = start < 32 ? (start, 32) : (160, 16);
                var packed = Vector128.Create(blocks[start..]);
                for (int trit = 0; trit < 5; trit++, packed += packed + packed)
                {
                    WidenBytes.Store(Carry(packed), scale, values[(element + (trit * run))..]);
                }
            }

            uint last = MemoryMarshal.Read<uint>(blocks[48..]);
            var four = Vector128.Create(last, Times3(last), Times3(Times3(last)), Times3(Times3(Times3(last)))).AsByte();
            WidenBytes.Store(Carry(four), scale, values[240..]);
        }
    }

    /// <summary>Block: 64 bytes of 2-bit elements, scale.</summary>
    public static void DequantizeTq2(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !values.IsEmpty; blocks = blocks[66..], values = values[Elements..])
        {
            float scale = WidenBytes.Scale(blocks[64..]);
            for (int i = 0; i < Elements; i += 16)
            {
                var packed = Vector128.Create(blocks.Slice((i / 128 * 32) + (i % 32), 16));
                var codes = ((packed >>> (i / 32 % 4 * 2)) & Vector128.Create((byte)3)).AsSByte() - Vector128<sbyte>.One;
                WidenBytes.Store(codes, scale, values[i..]);
            }
        }
    }

    public static void QuantizeTq1(ReadOnlySpan<float> values, Span<byte> blocks)
    {
        Span<byte> trits = stackalloc byte[Elements];
        for (; !values.IsEmpty; blocks = blocks[54..], values = values[Elements..])
        {
            MemoryMarshal.Write(blocks[52..], (Half)Trits(values, trits));
            int element = 0, start = 0;
            foreach (var (bytes, count) in Runs)
            {
                for (int i = 0; i < bytes; i++)
                {
                    int number = 0, power = 81;
                    for (int trit = 0; trit < count; trit++, power /= 3)
                    {
                        number += trits[element + (trit * bytes) + i] * power;
                    }

                    blocks[start + i] = (byte)(((number * 256) + 242) / 243); // As a fraction of 256, rounded up.
                }

                element += bytes * count;
                start += bytes;
            }
        }
    }

    public static void QuantizeTq2(ReadOnlySpan<float> values, Span<byte> blocks)
    {
        Span<byte> trits = stackalloc byte[Elements];
        for (; !values.IsEmpty; blocks = blocks[66..], values = values[Elements..])
        {
            MemoryMarshal.Write(blocks[64..], (Half)Trits(values, trits));
            for (int i = 0; i < 64; i++)
            {
                var four = trits[((i / 32 * 128) + (i % 32))..];
                blocks[i] = (byte)(four[0] | (four[32] << 2) | (four[64] << 4) | (four[96] << 6));
            }
        }
    }

    // 0, 1, 2 for -1, 0, 1; gives the scale.
    private static float Trits(ReadOnlySpan<float> values, Span<byte> trits)
    {
        float scale = 0;
        foreach (float value in values[..Elements])
        {
            scale = Math.Max(scale, Math.Abs(value));
        }

        float inverse = scale == 0 ? 0 : 1 / scale;
        for (int i = 0; i < Elements; i++)
        {
            trits[i] = (byte)(1 + (int)MathF.Round(values[i] * inverse, MidpointRounding.AwayFromZero));
        }

        return scale;
    }

    // -1, 0 or 1 by what three times a byte carries beyond 256.
    private static Vector128<sbyte> Carry(Vector128<byte> bytes) =>
        (Vector128<byte>.AllBitsSet - Vector128.GreaterThan(bytes, Vector128.Create((byte)85)) - Vector128.GreaterThan(bytes, Vector128.Create((byte)170))).AsSByte();

    // Each of four bytes by itself.
    private static uint Times3(uint bytes) => (((bytes & 0x00FF00FF) * 3) & 0x00FF00FF) | (((bytes >> 8 & 0x00FF00FF) * 3 & 0x00FF00FF) << 8);
}
