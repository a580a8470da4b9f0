using Attune.Formats;

namespace Attune.Benchmarks.Kernels;

/// <summary>Matrices in GGUF's blocks.</summary>
internal static class Blocks
{
    /// <summary>Numbers of the size of a model's weights.</summary>
    public static byte[] Of(GgufType format, int rows, int columns)
    {
        float[] values = new float[rows * columns];
        var random = new Random(0);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (random.NextSingle() - 0.5f) * 0.1f;
        }

        byte[] blocks = new byte[values.Length / format.BlockElements * format.BlockBytes];
        format.Quantize!(values, blocks);
        return blocks;
    }
}
