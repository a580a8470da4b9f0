using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Attune.Formats;

/// <summary>Bytes to scaled floats, eight or sixteen at a time: the inner step of the dequantisers.</summary>
internal static class WidenBytes
{
    /// <summary>The half-precision scale at the beginning of the bytes.</summary>
    public static float Scale(ReadOnlySpan<byte> bytes) => ElementCodec.HalfToSingle(MemoryMarshal.Read<ushort>(bytes));

    /// <summary>scale * byte + minimum for 16 bytes, rounded after the product as the reference does (no fused multiply-add).</summary>
    public static void Store(Vector128<byte> bytes, float scale, float minimum, Span<float> result)
    {
        result = result[..16];
        var (low, high) = ToSingle(bytes);
        ((low * scale) + Vector256.Create(minimum)).CopyTo(result);
        ((high * scale) + Vector256.Create(minimum)).CopyTo(result[8..]);
    }

    /// <summary>scale * signed byte for 16 bytes.</summary>
    public static void Store(Vector128<sbyte> bytes, float scale, Span<float> result)
    {
        result = result[..16];
        var (low, high) = ToSingle(bytes);
        (low * scale).CopyTo(result);
        (high * scale).CopyTo(result[8..]);
    }

    /// <summary>scale * (signed byte + offset) for the 8 bytes of a grid's point.</summary>
    public static void Store(ulong point, float offset, float scale, Span<float> result)
    {
        var (low, _) = ToSingle(Vector128.CreateScalar(point).AsSByte());
        ((low + Vector256.Create(offset)) * scale).CopyTo(result[..8]);
    }

    /// <summary>scale * signed byte for the 8 bytes of a grid's point, negative where the bit of <paramref name="signs"/> is set.</summary>
    public static void Store(ulong point, byte signs, float scale, Span<float> result)
    {
        var (low, _) = ToSingle(Vector128.CreateScalar(point).AsSByte());
        var bits = Vector256.Create((int)signs) & Vector256.Create(1, 2, 4, 8, 16, 32, 64, 128);
        var negative = ~Vector256.Equals(bits, Vector256<int>.Zero) & Vector256.Create(int.MinValue);
        ((low * scale).AsInt32() ^ negative).AsSingle().CopyTo(result[..8]);
    }

    /// <summary>16 bits to 16 bytes: <paramref name="value"/> where the bit is set, else 0.</summary>
    public static Vector128<byte> Bits(ushort bits, byte value)
    {
        var spread = Vector128.Shuffle(Vector128.CreateScalar(bits).AsByte(), Vector128.Create((byte)0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1));
        var mask = Vector128.Create(1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128);
        return Vector128.Equals(spread & mask, mask) & Vector128.Create(value);
    }

    private static (Vector256<float> Low, Vector256<float> High) ToSingle(Vector128<byte> bytes)
    {
        if (Avx2.IsSupported)
        {
            return (Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(bytes)),
                Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(Sse2.ShiftRightLogical128BitLane(bytes, 8))));
        }

        var (low, high) = Vector128.Widen(bytes);
        var (a, b) = Vector128.Widen(low);
        var (c, d) = Vector128.Widen(high);
        return (Vector256.ConvertToSingle(Vector256.Create(a, b).AsInt32()), Vector256.ConvertToSingle(Vector256.Create(c, d).AsInt32()));
    }

    private static (Vector256<float> Low, Vector256<float> High) ToSingle(Vector128<sbyte> bytes)
    {
        if (Avx2.IsSupported)
        {
            return (Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(bytes)),
                Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(Sse2.ShiftRightLogical128BitLane(bytes, 8))));
        }

        var (low, high) = Vector128.Widen(bytes);
        var (a, b) = Vector128.Widen(low);
        var (c, d) = Vector128.Widen(high);
        return (Vector256.ConvertToSingle(Vector256.Create(a, b)), Vector256.ConvertToSingle(Vector256.Create(c, d)));
    }
}
