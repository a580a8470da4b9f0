namespace Attune.Formats.Bitsandbytes;

/// <summary>Values cut into blocks, each of which is scaled by itself.</summary>
internal static class Blocks
{
    /// <summary>The largest magnitude of each block; the last may have fewer values.</summary>
    public static float[] LargestMagnitudes(ReadOnlySpan<float> values, int blockSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blockSize, 1);
        float[] largest = new float[(values.Length + blockSize - 1) / blockSize];
        for (int block = 0; block < largest.Length; block++)
        {
            ReadOnlySpan<float> its = values[(block * blockSize)..Math.Min(values.Length, (block + 1) * blockSize)];
            foreach (float value in its)
            {
                largest[block] = Math.Max(largest[block], Math.Abs(value));
            }
        }

        return largest;
    }
}
