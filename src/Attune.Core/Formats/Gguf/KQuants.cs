using System.Runtime.Intrinsics;

namespace Attune.Formats;

/// <summary>
/// The K types: super-blocks of 256 elements, with a half-precision scale for small integer scales, one for every 16 or 32
/// elements. 32 bytes of packed elements serve several runs of 32 elements, one run a shift.
/// </summary>
internal static class KQuants
{
    public const int Elements = 256;
    private const int Run = 16;

    /// <summary>Block: 16 bytes of scale and minimum (a nibble each), 64 of 2-bit elements, scale, scale of minima.</summary>
    public static void DequantizeQ2(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !values.IsEmpty; blocks = blocks[84..], values = values[Elements..])
        {
            float scale = WidenBytes.Scale(blocks[80..]);
            float minimum = WidenBytes.Scale(blocks[82..]);
            for (int run = 0; run < Elements / Run; run++)
            {
                var codes = Packed(blocks[16..], run, 2);
                WidenBytes.Store(codes, scale * (blocks[run] & 0x0F), -(minimum * (blocks[run] >> 4)), values[(run * Run)..]);
            }
        }
    }

    /// <summary>Block: 32 bytes of third bits, 64 of 2-bit elements, 12 of 6-bit scales, scale. A third bit of 0 takes 4 away.</summary>
    public static void DequantizeQ3(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !values.IsEmpty; blocks = blocks[110..], values = values[Elements..])
        {
            float scale = WidenBytes.Scale(blocks[108..]);
            var scales = blocks.Slice(96, 12);
            for (int run = 0; run < Elements / Run; run++)
            {
                int low = (scales[run % 8] >> (run / 8 * 4)) & 0x0F;
                int high = (scales[8 + (run % 4)] >> (run / 4 * 2)) & 3;
                var missing = ~Vector128.Create(blocks.Slice(run % 2 * Run, Run)) >>> (run / 2) & Vector128<byte>.One;
                var codes = Packed(blocks[32..], run, 2).AsSByte() - (missing << 2).AsSByte();
                WidenBytes.Store(codes, scale * ((low | (high << 4)) - 32), values[(run * Run)..]);
            }
        }
    }

    /// <summary>Block: scale, scale of minima, 12 bytes of 6-bit scales and minima, 128 of 4-bit elements.</summary>
    public static void DequantizeQ4(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !values.IsEmpty; blocks = blocks[144..], values = values[Elements..])
        {
            float scale = WidenBytes.Scale(blocks), minimum = WidenBytes.Scale(blocks[2..]);
            for (int run = 0; run < Elements / Run; run++)
            {
                var (part, least) = ScaleAndMinimum(blocks.Slice(4, 12), run / 2);
                WidenBytes.Store(CodesQ4(blocks, run), scale * part, -(minimum * least), values[(run * Run)..]);
            }
        }
    }

    /// <summary>As <see cref="DequantizeQ4"/>, with 32 bytes of fifth bits before the elements.</summary>
    public static void DequantizeQ5(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !values.IsEmpty; blocks = blocks[176..], values = values[Elements..])
        {
            float scale = WidenBytes.Scale(blocks), minimum = WidenBytes.Scale(blocks[2..]);
            for (int run = 0; run < Elements / Run; run++)
            {
                var (part, least) = ScaleAndMinimum(blocks.Slice(4, 12), run / 2);
                WidenBytes.Store(CodesQ5(blocks, run), scale * part, -(minimum * least), values[(run * Run)..]);
            }
        }
    }

    /// <summary>Block: 128 bytes of low nibbles, 64 of upper bit pairs, 16 signed scales, scale; 32 to be taken away.</summary>
    public static void DequantizeQ6(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !values.IsEmpty; blocks = blocks[210..], values = values[Elements..])
        {
            float scale = WidenBytes.Scale(blocks[208..]);
            for (int run = 0; run < Elements / Run; run++)
            {
                WidenBytes.Store(CodesQ6(blocks, run), scale * (sbyte)blocks[192 + run], values[(run * Run)..]);
            }
        }
    }

    /// <summary>A block's 16 codes of a number.</summary>
    public static Vector128<byte> CodesQ4(ReadOnlySpan<byte> block, int run) => Packed(block[16..], run, 4);

    /// <inheritdoc cref="CodesQ4"/>
    public static Vector128<byte> CodesQ5(ReadOnlySpan<byte> block, int run)
    {
        var fifth = (Vector128.Create(block.Slice(16 + (run % 2 * Run), Run)) >>> (run / 2)) & Vector128<byte>.One;
        return Packed(block[48..], run, 4) | (fifth << 4);
    }

    /// <inheritdoc cref="CodesQ4"/>
    public static Vector128<sbyte> CodesQ6(ReadOnlySpan<byte> block, int run)
    {
        // Within 128 elements: 64 low nibbles, then 64 high ones.
        var low = Vector128.Create(block.Slice((run / 8 * 64) + (run % 4 * Run), Run));
        low = (low >>> (run / 4 % 2 * 4)) & Vector128.Create((byte)0x0F);
        return (low | (Packed(block[128..], run, 2) << 4)).AsSByte() - Vector128.Create((sbyte)32);
    }

    // 32 bytes hold 8 / bits runs of 32 elements; a run here is half of such a one.
    private static Vector128<byte> Packed(ReadOnlySpan<byte> bytes, int run, int bits)
    {
        int runs = 2 * 8 / bits;
        var packed = Vector128.Create(bytes.Slice((run / runs * 32) + (run % 2 * Run), Run));
        return (packed >>> (run % runs / 2 * bits)) & Vector128.Create((byte)((1 << bits) - 1));
    }

    /// <summary>
    /// Eight scales and eight minima of 6 bits in 12 bytes: the first four of each whole in a byte, whose upper two bits belong to the last four, the
    /// rest of which are nibbles.
    /// </summary>
    public static (int Scale, int Minimum) ScaleAndMinimum(ReadOnlySpan<byte> packed, int index) => index < 4
        ? (packed[index] & 0x3F, packed[4 + index] & 0x3F)
        : ((packed[4 + index] & 0x0F) | ((packed[index - 4] >> 2) & 0x30), (packed[4 + index] >> 4) | ((packed[index] >> 2) & 0x30));
}
