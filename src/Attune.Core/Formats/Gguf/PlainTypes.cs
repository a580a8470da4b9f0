using System.Runtime.InteropServices;

namespace Attune.Formats;

/// <summary>Float32 into the float types that have no blocks.</summary>
internal static class PlainTypes
{
    public static void ToSingle(ReadOnlySpan<float> values, Span<byte> bytes) => MemoryMarshal.AsBytes(values).CopyTo(bytes);

    public static void ToHalf(ReadOnlySpan<float> values, Span<byte> bytes)
    {
        var result = MemoryMarshal.Cast<byte, Half>(bytes);
        for (int i = 0; i < values.Length; i++)
        {
            result[i] = (Half)values[i];
        }
    }

    public static void ToBfloat16(ReadOnlySpan<float> values, Span<byte> bytes)
    {
        var result = MemoryMarshal.Cast<byte, ushort>(bytes);
        for (int i = 0; i < values.Length; i++)
        {
            result[i] = ElementCodec.ToBfloat16(values[i]);
        }
    }
}
