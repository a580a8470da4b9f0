using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Attune.Formats;

/// <summary>
/// The types of 32-element blocks with a half-precision scale, and a minimum in the <c>_1</c> types. Of packed bytes the low
/// nibbles are the first 16 elements, the high ones the rest; the fifth bits of 5-bit types lie apart, one bit an element.
/// </summary>
internal static class LegacyQuants
{
    public const int Elements = 32;
    private const int HalfBlock = Elements / 2;

    /// <summary>Block: scale, 16 packed bytes, 8 to be taken away.</summary>
    public static void DequantizeQ40(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !values.IsEmpty; blocks = blocks[18..], values = values[Elements..])
        {
            float scale = WidenBytes.Scale(blocks);
            var (low, high) = Nibbles(blocks[2..]);
            WidenBytes.Store(low.AsSByte() - Vector128.Create((sbyte)8), scale, values);
            WidenBytes.Store(high.AsSByte() - Vector128.Create((sbyte)8), scale, values[HalfBlock..]);
        }
    }

    /// <summary>Block: scale, minimum, 16 packed bytes.</summary>
    public static void DequantizeQ41(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !values.IsEmpty; blocks = blocks[20..], values = values[Elements..])
        {
            float scale = WidenBytes.Scale(blocks);
            float minimum = WidenBytes.Scale(blocks[2..]);
            var (low, high) = Nibbles(blocks[4..]);
            WidenBytes.Store(low, scale, minimum, values);
            WidenBytes.Store(high, scale, minimum, values[HalfBlock..]);
        }
    }

    /// <summary>Block: scale, 4 bytes of fifth bits, 16 packed bytes, 16 to be taken away.</summary>
    public static void DequantizeQ50(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !values.IsEmpty; blocks = blocks[22..], values = values[Elements..])
        {
            float scale = WidenBytes.Scale(blocks);
            var (low, high) = WithFifthBits(blocks[2..], blocks[6..]);
            WidenBytes.Store(low.AsSByte() - Vector128.Create((sbyte)16), scale, values);
            WidenBytes.Store(high.AsSByte() - Vector128.Create((sbyte)16), scale, values[HalfBlock..]);
        }
    }

    /// <summary>Block: scale, minimum, 4 bytes of fifth bits, 16 packed bytes.</summary>
    public static void DequantizeQ51(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !values.IsEmpty; blocks = blocks[24..], values = values[Elements..])
        {
            float scale = WidenBytes.Scale(blocks);
            float minimum = WidenBytes.Scale(blocks[2..]);
            var (low, high) = WithFifthBits(blocks[4..], blocks[8..]);
            WidenBytes.Store(low, scale, minimum, values);
            WidenBytes.Store(high, scale, minimum, values[HalfBlock..]);
        }
    }

    /// <summary>Block: scale, 32 signed bytes.</summary>
    public static void DequantizeQ80(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !values.IsEmpty; blocks = blocks[34..], values = values[Elements..])
        {
            float scale = WidenBytes.Scale(blocks);
            WidenBytes.Store(Vector128.Create(blocks[2..]).AsSByte(), scale, values);
            WidenBytes.Store(Vector128.Create(blocks[18..]).AsSByte(), scale, values[HalfBlock..]);
        }
    }

    public static void QuantizeQ40(ReadOnlySpan<float> values, Span<byte> blocks)
    {
        for (; !values.IsEmpty; blocks = blocks[18..], values = values[Elements..])
        {
            float inverse = WriteSymmetricScale(values, -8, blocks);
            for (int i = 0; i < HalfBlock; i++)
            {
                blocks[2 + i] = (byte)(Code(values[i], inverse, 8.5f, 15) | (Code(values[i + HalfBlock], inverse, 8.5f, 15) << 4));
            }
        }
    }

    public static void QuantizeQ41(ReadOnlySpan<float> values, Span<byte> blocks)
    {
        for (; !values.IsEmpty; blocks = blocks[20..], values = values[Elements..])
        {
            var (minimum, inverse) = WriteRange(values, 15, blocks);
            for (int i = 0; i < HalfBlock; i++)
            {
                int low = Code(values[i] - minimum, inverse, 0.5f, 15);
                blocks[4 + i] = (byte)(low | (Code(values[i + HalfBlock] - minimum, inverse, 0.5f, 15) << 4));
            }
        }
    }

    public static void QuantizeQ50(ReadOnlySpan<float> values, Span<byte> blocks)
    {
        Span<byte> codes = stackalloc byte[Elements];
        for (; !values.IsEmpty; blocks = blocks[22..], values = values[Elements..])
        {
            float inverse = WriteSymmetricScale(values, -16, blocks);
            for (int i = 0; i < Elements; i++)
            {
                codes[i] = Code(values[i], inverse, 16.5f, 31);
            }

            WriteFiveBits(codes, blocks[2..]);
        }
    }

    public static void QuantizeQ51(ReadOnlySpan<float> values, Span<byte> blocks)
    {
        Span<byte> codes = stackalloc byte[Elements];
        for (; !values.IsEmpty; blocks = blocks[24..], values = values[Elements..])
        {
            var (minimum, inverse) = WriteRange(values, 31, blocks);
            for (int i = 0; i < Elements; i++)
            {
                codes[i] = Code(values[i] - minimum, inverse, 0.5f, 31);
            }

            WriteFiveBits(codes, blocks[4..]);
        }
    }

    public static void QuantizeQ80(ReadOnlySpan<float> values, Span<byte> blocks)
    {
        for (; !values.IsEmpty; blocks = blocks[34..], values = values[Elements..])
        {
            float largest = 0;
            foreach (float value in values[..Elements])
            {
                largest = Math.Max(largest, Math.Abs(value));
            }

            float scale = largest / 127;
            float inverse = scale == 0 ? 0 : 1 / scale;
            MemoryMarshal.Write(blocks, (Half)scale);
            for (int i = 0; i < Elements; i++)
            {
                blocks[2 + i] = (byte)(sbyte)MathF.Round(values[i] * inverse, MidpointRounding.AwayFromZero);
            }
        }
    }

    /// <summary>Sixteen packed bytes: the first 16 elements, and the rest.</summary>
    public static (Vector128<byte> Low, Vector128<byte> High) Nibbles(ReadOnlySpan<byte> bytes)
    {
        var packed = Vector128.Create(bytes);
        return (packed & Vector128.Create((byte)0x0F), packed >>> 4);
    }

    /// <summary>The same with their fifth bits.</summary>
    public static (Vector128<byte> Low, Vector128<byte> High) WithFifthBits(ReadOnlySpan<byte> bits, ReadOnlySpan<byte> bytes)
    {
        var (low, high) = Nibbles(bytes);
        return (low | WidenBytes.Bits(MemoryMarshal.Read<ushort>(bits), 0x10), high | WidenBytes.Bits(MemoryMarshal.Read<ushort>(bits[2..]), 0x10));
    }

    // The scale takes the sign of the element of largest magnitude, so that this one falls on the far end of the codes.
    private static float WriteSymmetricScale(ReadOnlySpan<float> values, float end, Span<byte> block)
    {
        float furthest = values[0];
        foreach (float value in values[1..Elements])
        {
            furthest = Math.Abs(value) > Math.Abs(furthest) ? value : furthest;
        }

        float scale = furthest / end;
        MemoryMarshal.Write(block, (Half)scale);
        return scale == 0 ? 0 : 1 / scale;
    }

    private static (float Minimum, float Inverse) WriteRange(ReadOnlySpan<float> values, float steps, Span<byte> block)
    {
        float minimum = values[0], maximum = values[0];
        foreach (float value in values[1..Elements])
        {
            minimum = Math.Min(minimum, value);
            maximum = Math.Max(maximum, value);
        }

        float scale = (maximum - minimum) / steps;
        MemoryMarshal.Write(block, (Half)scale);
        MemoryMarshal.Write(block[2..], (Half)minimum);
        return (minimum, scale == 0 ? 0 : 1 / scale);
    }

    private static byte Code(float value, float inverse, float offset, byte most) => Math.Min((byte)((value * inverse) + offset), most);

    private static void WriteFiveBits(ReadOnlySpan<byte> codes, Span<byte> result)
    {
        uint fifth = 0;
        for (int i = 0; i < Elements; i++)
        {
            fifth |= (uint)(codes[i] >> 4) << i;
        }

        MemoryMarshal.Write(result, fifth);
        for (int i = 0; i < HalfBlock; i++)
        {
            result[4 + i] = (byte)((codes[i] & 0x0F) | (codes[i + HalfBlock] << 4));
        }
    }
}
