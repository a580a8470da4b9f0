namespace Attune.Formats.Bitsandbytes;

/// <summary>Values as the nearest of sixteen, and back.</summary>
internal sealed class FourBitCode
{
    private readonly float[] values;
    private readonly byte[] order;
    private readonly float[] bounds;

    private FourBitCode(float[] values)
    {
        this.values = values;
        order = [.. Enumerable.Range(0, values.Length).OrderBy(code => values[code]).Select(code => (byte)code)];
        bounds = [.. order.Zip(order.Skip(1), (one, next) => (values[one] + values[next]) / 2)];
    }

    /// <summary>The codes of NF4.</summary>
    public static FourBitCode NormalFloat { get; } = new(
    [
        -1f, -0.6961928009986877f, -0.5250730514526367f, -0.39491748809814453f, -0.28444138169288635f, -0.18477343022823334f, -0.09105003625154495f, 0f,
        0.07958029955625534f, 0.16093020141124725f, 0.24611230194568634f, 0.33791524171829224f, 0.44070982933044434f, 0.5626170039176941f, 0.7229568362236023f, 1f,
    ]);

    /// <summary>The codes of FP4: 0, 1/16 (0.0625), 8, 12, 4, 6, 2, 3, as parts of 12, and their negatives.</summary>
    public static FourBitCode Float { get; } = new(
    [
        0f, 0.0625f / 12, 8f / 12, 1f, 4f / 12, 6f / 12, 2f / 12, 3f / 12,
        -0f, -0.0625f / 12, -8f / 12, -1f, -4f / 12, -6f / 12, -2f / 12, -3f / 12,
    ]);

    /// <summary>The codes of a kind.</summary>
    public static FourBitCode Of(FourBitKind kind) => kind == FourBitKind.NormalFloat ? NormalFloat : Float;

    /// <summary>What each code stands for, from -1 to 1.</summary>
    public ReadOnlySpan<float> Values => values;

    /// <summary>The code of the nearest value; halfway between two, that of the lower.</summary>
    /// <param name="scaled">From -1 to 1.</param>
    public byte Nearest(float scaled)
    {
        int place = 0;
        while (place < bounds.Length && bounds[place] < scaled)
        {
            place++;
        }

        return order[place];
    }
}
