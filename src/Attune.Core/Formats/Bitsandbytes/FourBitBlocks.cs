namespace Attune.Formats.Bitsandbytes;

/// <summary>Values as 4-bit codes, two a byte, the first in the high four bits, with a scale for every block.</summary>
/// <param name="Packed">The codes.</param>
/// <param name="Length">How many values there are.</param>
/// <param name="Kind">What the codes stand for.</param>
/// <param name="BlockSize">Values in a block; the last may have fewer.</param>
/// <param name="Scales">The blocks' scales.</param>
internal sealed record FourBitBlocks(byte[] Packed, int Length, FourBitKind Kind, int BlockSize, BlockScales Scales)
{
    // Blocks of zeros only are divided by this instead of by nothing.
    private const float Least = 1e-38f;

    /// <summary>Quantises values in their order.</summary>
    /// <param name="values">The values.</param>
    /// <param name="kind">What the codes stand for.</param>
    /// <param name="blockSize">Values in a block.</param>
    /// <param name="twice">Quantises the scales too, to 8 bits.</param>
    public static FourBitBlocks Quantize(ReadOnlySpan<float> values, FourBitKind kind, int blockSize, bool twice)
    {
        float[] largest = Blocks.LargestMagnitudes(values, blockSize);
        FourBitCode code = FourBitCode.Of(kind);
        byte[] packed = new byte[(values.Length + 1) / 2];
        for (int i = 0; i < packed.Length * 2; i++)
        {
            float scaled = i < values.Length ? Math.Clamp(values[i] * (1 / Math.Max(largest[i / blockSize], Least)), -1, 1) : 0;
            packed[i / 2] |= (byte)(code.Nearest(scaled) << (i % 2 == 0 ? 4 : 0));
        }

        return new FourBitBlocks(packed, values.Length, kind, blockSize, twice ? BlockScales.Quantize(largest) : new BlockScales(largest, null, 0));
    }

    /// <summary>The code of a value.</summary>
    public byte CodeOf(int index) => (byte)(index % 2 == 0 ? Packed[index / 2] >> 4 : Packed[index / 2] & 0xF);

    /// <summary>The values that the codes stand for.</summary>
    public float[] Dequantize()
    {
        ReadOnlySpan<float> code = FourBitCode.Of(Kind).Values;
        float[] values = new float[Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = code[CodeOf(i)] * Scales.Values[i / BlockSize];
        }

        return values;
    }
}
