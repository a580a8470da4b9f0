namespace Attune.Formats.Bitsandbytes;

/// <summary>Values as 8-bit codes of the dynamic map, with the largest magnitude of every block.</summary>
/// <param name="Codes">A code a value.</param>
/// <param name="AbsMax">The largest magnitude of each block.</param>
/// <param name="BlockSize">Values in a block; the last may have fewer.</param>
internal sealed record EightBitBlocks(byte[] Codes, float[] AbsMax, int BlockSize)
{
    /// <summary>Quantises values in their order.</summary>
    public static EightBitBlocks Quantize(ReadOnlySpan<float> values, int blockSize)
    {
        float[] largest = Blocks.LargestMagnitudes(values, blockSize);
        byte[] codes = new byte[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            float most = largest[i / blockSize];
            codes[i] = most == 0 ? (byte)0 : DynamicCode.Of(values[i] * (1 / most));
        }

        return new EightBitBlocks(codes, largest, blockSize);
    }

    /// <summary>The values that the codes stand for.</summary>
    public float[] Dequantize()
    {
        float[] values = new float[Codes.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = DynamicCode.Values[Codes[i]] * AbsMax[i / BlockSize];
        }

        return values;
    }
}
