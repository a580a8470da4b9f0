namespace Attune.Generation;

/// <summary>
/// Random numbers that are a function of seed and counter, with no state that could be shared or lost: Philox 4x32 with ten rounds
/// (Salmon et al. 2011).
/// </summary>
internal static class CounterRandom
{
    /// <summary>A number from 0 to below 1, with 53 random bits.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="stream">Which of the seed's streams.</param>
    /// <param name="counter">Which number of the stream.</param>
    public static double Uniform(ulong seed, ulong stream, ulong counter)
    {
        var (a, b, _, _) = Philox(((uint)counter, (uint)(counter >> 32), (uint)stream, (uint)(stream >> 32)), ((uint)seed, (uint)(seed >> 32)));
        return ((((ulong)a << 32) | b) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>Four random words.</summary>
    internal static (uint A, uint B, uint C, uint D) Philox((uint A, uint B, uint C, uint D) counter, (uint A, uint B) key)
    {
        var (a, b, c, d) = counter;
        var (k, l) = key;
        for (int round = 0; round < 10; round++)
        {
            ulong first = 0xD2511F53UL * a, second = 0xCD9E8D57UL * c;
            (a, b, c, d) = ((uint)(second >> 32) ^ b ^ k, (uint)second, (uint)(first >> 32) ^ d ^ l, (uint)first);
            k += 0x9E3779B9;
            l += 0xBB67AE85;
        }

        return (a, b, c, d);
    }
}
