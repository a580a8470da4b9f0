using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Attune.Formats;

/// <summary>Widens the elements of files to float32, and rounds float32 to the 16-bit types.</summary>
internal static class ElementCodec
{
    /// <summary>Widens little-endian elements; 64-bit types and integers above 24 bits round.</summary>
    public static void ToSingle(ElementType type, ReadOnlySpan<byte> bytes, Span<float> values)
    {
        switch (type)
        {
            case ElementType.F32:
                bytes.CopyTo(MemoryMarshal.AsBytes(values));
                break;
            case ElementType.BF16:
                WidenBfloat16(MemoryMarshal.Cast<byte, ushort>(bytes), values);
                break;
            case ElementType.F16:
                WidenHalf(MemoryMarshal.Cast<byte, Half>(bytes), values);
                break;
            default:
                for (int i = 0, size = type.Size(); i < values.Length; i++)
                {
                    values[i] = (float)ToDouble(type, bytes.Slice(i * size, size));
                }

                break;
        }
    }

    /// <summary>One element, exact for every type but the largest 64-bit integers.</summary>
    public static double ToDouble(ElementType type, ReadOnlySpan<byte> element) => type switch
    {
        ElementType.F32 => MemoryMarshal.Read<float>(element),
        ElementType.F64 => MemoryMarshal.Read<double>(element),
        ElementType.F16 => (double)MemoryMarshal.Read<Half>(element),
        ElementType.BF16 => BitConverter.Int32BitsToSingle(MemoryMarshal.Read<ushort>(element) << 16),
        ElementType.I8 => (sbyte)element[0],
        ElementType.U8 or ElementType.Bool => element[0],
        ElementType.I16 => MemoryMarshal.Read<short>(element),
        ElementType.U16 => MemoryMarshal.Read<ushort>(element),
        ElementType.I32 => MemoryMarshal.Read<int>(element),
        ElementType.U32 => MemoryMarshal.Read<uint>(element),
        ElementType.I64 => MemoryMarshal.Read<long>(element),
        ElementType.U64 => MemoryMarshal.Read<ulong>(element),
        ElementType.F8E4M3 => (element[0] & 0x7F) == 0x7F ? double.NaN : Small(element[0], 4, 7),
        ElementType.F8E5M2 => (double)BitConverter.UInt16BitsToHalf((ushort)(element[0] << 8)),
        ElementType.F8E4M3Fnuz => element[0] == 0x80 ? double.NaN : Small(element[0], 4, 8),
        ElementType.F8E5M2Fnuz => element[0] == 0x80 ? double.NaN : Small(element[0], 5, 16),
        ElementType.F8E8M0 => element[0] == 0xFF ? double.NaN : Math.ScaleB(1, element[0] - 127),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "complex numbers are no single value"),
    };

    /// <summary>bfloat16 to float32: a shift.</summary>
    public static void WidenBfloat16(ReadOnlySpan<ushort> values, Span<float> result)
    {
        result = result[..values.Length];
        int i = 0;
        for (; Vector256.IsHardwareAccelerated && i <= values.Length - 16; i += 16)
        {
            var (lower, upper) = Vector256.Widen(Vector256.Create(values.Slice(i, 16)));
            (lower << 16).AsSingle().CopyTo(result[i..]);
            (upper << 16).AsSingle().CopyTo(result[(i + 8)..]);
        }

        for (; i < values.Length; i++)
        {
            result[i] = BitConverter.UInt32BitsToSingle((uint)values[i] << 16);
        }
    }

    /// <summary>IEEE half to float32.</summary>
    public static void WidenHalf(ReadOnlySpan<Half> values, Span<float> result)
    {
        result = result[..values.Length];
        var bits = MemoryMarshal.Cast<Half, ushort>(values);
        int i = 0;
        for (; Vector256.IsHardwareAccelerated && i <= values.Length - 16; i += 16)
        {
            var (lower, upper) = Vector256.Widen(Vector256.Create(bits.Slice(i, 16)));
            FromHalf(lower).CopyTo(result[i..]);
            FromHalf(upper).CopyTo(result[(i + 8)..]);
        }

        for (; i < values.Length; i++)
        {
            result[i] = (float)values[i];
        }
    }

    /// <summary>One IEEE half, by its bits, to float32.</summary>
    public static float HalfToSingle(ushort half)
    {
        uint magnitude = (uint)(half & 0x7FFF) << 13;
        float value = magnitude < 0x7C00u << 13
            ? BitConverter.UInt32BitsToSingle(magnitude) * BitConverter.UInt32BitsToSingle(0x77800000)
            : BitConverter.UInt32BitsToSingle(magnitude | 0x7F800000);
        return BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) | ((uint)(half & 0x8000) << 16));
    }

    // .NET has no intrinsic for this. Exponent and mantissa moved into place read as a float that is 2^112 too small;
    // the product is exact, subnormal halves included. Infinity and NaN get the full exponent instead.
    private static Vector256<float> FromHalf(Vector256<uint> half)
    {
        var magnitude = (half & Vector256.Create(0x7FFFu)) << 13;
        var scaled = (magnitude.AsSingle() * BitConverter.UInt32BitsToSingle(0x77800000)).AsUInt32();
        var special = Vector256.GreaterThanOrEqual(magnitude, Vector256.Create(0x7C00u << 13));
        var sign = (half & Vector256.Create(0x8000u)) << 16;
        return (Vector256.ConditionalSelect(special, magnitude | Vector256.Create(0x7F800000u), scaled) | sign).AsSingle();
    }

    /// <summary>float32 to bfloat16, to nearest even; NaN stays NaN.</summary>
    public static ushort ToBfloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    // An 8-bit float without infinities: sign, exponent bits, mantissa bits.
    private static double Small(byte bits, int exponentBits, int bias)
    {
        int mantissaBits = 7 - exponentBits;
        int exponent = (bits & 0x7F) >> mantissaBits;
        int mantissa = bits & ((1 << mantissaBits) - 1);
        double magnitude = exponent == 0
            ? Math.ScaleB(mantissa, 1 - bias - mantissaBits)
            : Math.ScaleB((1 << mantissaBits) + mantissa, exponent - bias - mantissaBits);
        return bits >= 0x80 ? -magnitude : magnitude;
    }
}
