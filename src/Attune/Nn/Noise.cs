using System.Text;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>
/// Random numbers for new parameters: a function of the seed, the parameter's name and the element's place alone, so that a parameter begins
/// the same whatever else the model has, in whatever order it is made. (SplitMix64, counted.)
/// </summary>
public static class Noise
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    /// <summary>Evenly spread between -bound and bound.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="name">The parameter's name.</param>
    /// <param name="shape">Row-major shape.</param>
    /// <param name="bound">The largest magnitude.</param>
    /// <param name="device">Where it is made.</param>
    /// <returns>Float32.</returns>
    public static Tensor Uniform(long seed, string name, ReadOnlySpan<long> shape, double bound, Device device)
    {
        ulong key = Key(seed, name);
        return Make(shape, device, i => (float)(bound * (2 * Unit(key, i) - 1)));
    }

    /// <summary>Normally distributed around 0.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="name">The parameter's name.</param>
    /// <param name="shape">Row-major shape.</param>
    /// <param name="deviation">The standard deviation.</param>
    /// <param name="device">Where it is made.</param>
    /// <returns>Float32.</returns>
    public static Tensor Normal(long seed, string name, ReadOnlySpan<long> shape, double deviation, Device device)
    {
        // Box and Muller 1958.
        ulong key = Key(seed, name);
        return Make(shape, device, i => (float)(deviation * Math.Sqrt(-2 * Math.Log(Unit(key, 2 * i))) * Math.Cos(2 * Math.PI * Unit(key, 2 * i + 1))));
    }

    private static Tensor Make(ReadOnlySpan<long> shape, Device device, Func<ulong, float> element)
    {
        long count = 1;
        foreach (long size in shape)
        {
            count = checked(count * size);
        }

        float[] values = new float[count];
        Parallel.For(0, (values.Length + 65535) / 65536, block =>
        {
            for (int i = block * 65536; i < Math.Min(values.Length, (block + 1) * 65536); i++)
            {
                values[i] = element((ulong)i);
            }
        });
        return tensor(values, shape, dtype: float32, device: device);
    }

    private static ulong Key(long seed, string name)
    {
        // FNV-1a over the name.
        ulong hash = 0xCBF29CE484222325;
        foreach (byte letter in Encoding.UTF8.GetBytes(name))
        {
            hash = (hash ^ letter) * 0x100000001B3;
        }

        return Mix(Mix((ulong)seed + Step) ^ hash);
    }

    // Between 0 and 1, neither of them.
    private static double Unit(ulong key, ulong counter) => ((Mix(key + ((counter + 1) * Step)) >> 11) + 0.5) / (1UL << 53);

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
