using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Attune.Formats;

/// <summary>The types whose 4-bit codes index a table of 16 values: the 4-bit floats, and the non-linear IQ4 types.</summary>
internal static class TableQuants
{
    // 4-bit floats (1 sign, 2 exponent, 1 mantissa bit), doubled so that they are whole.
    private static readonly Vector128<sbyte> Fp4 = Vector128.Create(0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12);

    private static readonly Vector128<sbyte> NonLinear =
        Vector128.Create(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);

    /// <summary>Block of 32: a power of two as scale, 16 packed bytes.</summary>
    public static void DequantizeMxfp4(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !values.IsEmpty; blocks = blocks[17..], values = values[32..])
        {
            Store(Fp4, blocks[1..], HalfPowerOfTwo(blocks[0]), values);
        }
    }

    /// <summary>Block of 64: four 8-bit float scales, then for each 16 elements 8 packed bytes.</summary>
    public static void DequantizeNvfp4(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !values.IsEmpty; blocks = blocks[36..], values = values[64..])
        {
            for (int part = 0; part < 4; part++)
            {
                ulong packed = MemoryMarshal.Read<ulong>(blocks[(4 + (part * 8))..]);
                var codes = Vector128.Create(packed & 0x0F0F0F0F0F0F0F0F, (packed >> 4) & 0x0F0F0F0F0F0F0F0F).AsByte();
                WidenBytes.Store(Vector128.Shuffle(Fp4, codes.AsSByte()), HalfScale(blocks[part]), values[(part * 16)..]);
            }
        }
    }

    /// <summary>Block of 32: scale, 16 packed bytes.</summary>
    public static void DequantizeIq4Nl(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !values.IsEmpty; blocks = blocks[18..], values = values[32..])
        {
            Store(NonLinear, blocks[2..], WidenBytes.Scale(blocks), values);
        }
    }

    /// <summary>Block of 256: scale, upper bit pairs and low nibbles of eight scales, then 16 packed bytes for each 32 elements.</summary>
    public static void DequantizeIq4Xs(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !values.IsEmpty; blocks = blocks[136..], values = values[256..])
        {
            float scale = WidenBytes.Scale(blocks);
            int high = MemoryMarshal.Read<ushort>(blocks[2..]);
            for (int part = 0; part < 8; part++)
            {
                int low = (blocks[4 + (part / 2)] >> (part % 2 * 4)) & 0x0F;
                int partScale = (low | (((high >> (2 * part)) & 3) << 4)) - 32;
                Store(NonLinear, blocks[(8 + (part * 16))..], scale * partScale, values[(part * 32)..]);
            }
        }
    }

    public static void QuantizeMxfp4(ReadOnlySpan<float> values, Span<byte> blocks)
    {
        for (; !values.IsEmpty; blocks = blocks[17..], values = values[32..])
        {
            float largest = 0;
            foreach (float value in values[..32])
            {
                largest = Math.Max(largest, Math.Abs(value));
            }

            // The largest element falls on the exponent of the format's largest number, 6 = 1.5 * 2^2.
            byte exponent = largest > 0 ? (byte)Math.Clamp(MathF.Floor(MathF.Log2(largest)) - 2 + 127, 0, 255) : (byte)0;
            float scale = HalfPowerOfTwo(exponent);
            blocks[0] = exponent;
            for (int i = 0; i < 16; i++)
            {
                blocks[1 + i] = (byte)(Nearest(values[i], scale) | (Nearest(values[i + 16], scale) << 4));
            }
        }
    }

    private static void Store(Vector128<sbyte> table, ReadOnlySpan<byte> bytes, float scale, Span<float> values)
    {
        var packed = Vector128.Create(bytes);
        WidenBytes.Store(Vector128.Shuffle(table, (packed & Vector128.Create((byte)0x0F)).AsSByte()), scale, values);
        WidenBytes.Store(Vector128.Shuffle(table, (packed >>> 4).AsSByte()), scale, values[16..]);
    }

    private static int Nearest(float value, float scale)
    {
        int best = 0;
        float least = float.PositiveInfinity;
        for (int code = 0; code < 16; code++)
        {
            float error = Math.Abs((scale * Fp4[code]) - value);
            if (error < least)
            {
                (best, least) = (code, error);
            }
        }

        return best;
    }

    // Half of 2^(bits - 127), as the table is doubled; the two smallest are subnormal.
    private static float HalfPowerOfTwo(byte bits) => BitConverter.UInt32BitsToSingle(bits < 2 ? 0x00200000u << bits : (uint)(bits - 1) << 23);

    // Half of an unsigned 8-bit float with 4 exponent bits; NaN stands for no scale at all.
    private static float HalfScale(byte bits)
    {
        int exponent = (bits >> 3) & 0x0F;
        int mantissa = bits & 7;
        return bits is 0 or 0x7F ? 0
            : exponent == 0 ? MathF.ScaleB(mantissa, -10) : MathF.ScaleB(8 + mantissa, exponent - 11);
    }
}
