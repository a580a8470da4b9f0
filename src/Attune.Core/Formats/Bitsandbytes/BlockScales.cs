namespace Attune.Formats.Bitsandbytes;

/// <summary>The scales of blocks, which may be quantised themselves: to 8 bits, in blocks of 256, after their mean was taken off.</summary>
/// <param name="Values">The scales, as they are used.</param>
/// <param name="Quantized">Their codes; null where they are kept as they are.</param>
/// <param name="Offset">The mean that was taken off.</param>
internal sealed record BlockScales(float[] Values, EightBitBlocks? Quantized, float Offset)
{
    /// <summary>Scales in a block of their own.</summary>
    public const int BlockSize = 256;

    /// <summary>Quantises scales.</summary>
    public static BlockScales Quantize(float[] scales)
    {
        float offset = (float)(scales.Sum(scale => (double)scale) / Math.Max(1, scales.Length));
        EightBitBlocks quantized = EightBitBlocks.Quantize(Array.ConvertAll(scales, scale => scale - offset), BlockSize);
        return new BlockScales(Array.ConvertAll(quantized.Dequantize(), scale => scale + offset), quantized, offset);
    }
}
