using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Attune.Formats;

/// <summary>Sixteen bytes to sixteen scaled floats: the inner step of most dequantisers.</summary>
internal static class WidenBytes
{
    /// <summary>scale * byte + minimum, rounded after the product as the reference does (no fused multiply-add).</summary>
    public static void Store(Vector128<byte> bytes, float scale, float minimum, Span<float> result)
    {
        result = result[..16];
        var (low, high) = ToSingle(bytes);
        ((low * scale) + Vector256.Create(minimum)).CopyTo(result);
        ((high * scale) + Vector256.Create(minimum)).CopyTo(result[8..]);
    }

    /// <summary>scale * signed byte.</summary>
    public static void Store(Vector128<sbyte> bytes, float scale, Span<float> result)
    {
        result = result[..16];
        var (low, high) = ToSingle(bytes);
        (low * scale).CopyTo(result);
        (high * scale).CopyTo(result[8..]);
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
