namespace Attune.Formats.Bitsandbytes;

/// <summary>
/// The signed dynamic map of 8 bits (Dettmers 2015): the fewer the bits of the exponent, the more are left for the fraction, so that small
/// values keep their relative precision. Values are looked up on a grid of 65536 places, as bitsandbytes does on the CPU: what is smaller
/// than a step of it is no longer told apart.
/// </summary>
internal static class DynamicCode
{
    private const int Exponents = 7;
    private const int Places = 1 << 16;

    private static readonly float[] Codes = Make();
    private static readonly byte[] Nearest = Grid();

    /// <summary>What each code stands for, from below -0.99 to 1, in rising order.</summary>
    public static ReadOnlySpan<float> Values => Codes;

    /// <summary>The code of a value from -1 to 1.</summary>
    public static byte Of(float scaled) => Nearest[(int)(((Math.Clamp(scaled, -1, 1) + 1) * 0.5f * (Places - 1)) + 0.5f)];

    private static float[] Make()
    {
        var values = new List<float> { 0, 1 };
        for (int exponent = 0; exponent < Exponents; exponent++)
        {
            // The middles of 2^exponent equal parts of the way from 0.1 to 1.
            float[] ends = Linear(0.1f, 1, (1 << exponent) + 1);
            float scale = (float)Math.Pow(10, exponent - Exponents + 1);
            foreach (float middle in ends.Zip(ends.Skip(1), (one, next) => (one + next) / 2))
            {
                values.Add(scale * middle);
                values.Add(-scale * middle);
            }
        }

        return [.. values.Order()];
    }

    // Counted from both ends to the middle, with one rounding a value: torch.linspace.
    private static float[] Linear(float start, float end, int count)
    {
        float step = (end - start) / (count - 1);
        return [.. Enumerable.Range(0, count).Select(i => i < count / 2
            ? MathF.FusedMultiplyAdd(step, i, start) : MathF.FusedMultiplyAdd(-step, count - i - 1, end))];
    }

    private static byte[] Grid()
    {
        byte[] grid = new byte[Places];
        int code = 0;
        for (int place = 0; place < Places; place++)
        {
            float value = -1 + (2f * place / (Places - 1));
            while (code < Codes.Length - 1 && 0.5f * (Codes[code] + Codes[code + 1]) < value)
            {
                code++;
            }

            grid[place] = (byte)code;
        }

        return grid;
    }
}
