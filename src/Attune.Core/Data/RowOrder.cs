namespace Attune.Data;

/// <summary>
/// The order of rows in each epoch: a permutation that is computed, not stored. Where a row stands depends on seed, epoch and
/// position alone, so that a resumed run needs no cursor and a machine needs no other's list.
/// </summary>
/// <remarks>
/// A balanced Feistel network over the smallest power of four that holds all rows; what falls outside walks on until it is inside
/// (fewer than four walks on average). A network is a bijection whatever its round function, and so is a walk on one.
/// </remarks>
public sealed class RowOrder
{
    private const int Rounds = 8;

    private readonly ulong _seed;
    private readonly int _half;

    /// <summary>Creates the order.</summary>
    /// <param name="rows">How many rows there are; at least 1.</param>
    /// <param name="seed">Another seed gives other permutations.</param>
    public RowOrder(long rows, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        Rows = rows;
        _seed = unchecked((ulong)seed);
        int bits = 64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)(rows - 1));
        _half = Math.Max(1, (bits + 1) / 2);
    }

    /// <summary>How many rows there are.</summary>
    public long Rows { get; }

    /// <summary>The row at a position of an epoch.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="position">From 0 to <see cref="Rows"/> - 1.</param>
    public long At(long epoch, long position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, Rows);
        ulong key = Mix(_seed ^ Mix(unchecked((ulong)epoch)));
        ulong value = (ulong)position;
        do
        {
            value = Permute(value, key);
        }
        while (value >= (ulong)Rows);
        return (long)value;
    }

    private ulong Permute(ulong value, ulong key)
    {
        ulong mask = (1UL << _half) - 1, left = value >> _half, right = value & mask;
        for (ulong round = 0; round < Rounds; round++)
        {
            (left, right) = (right, left ^ (Mix(key + unchecked(right * 0x9E3779B97F4A7C15) + (round << 56)) & mask));
        }

        return left << _half | right;
    }

    // The finaliser of SplitMix64.
    private static ulong Mix(ulong x)
    {
        unchecked
        {
            x += 0x9E3779B97F4A7C15;
            x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
            x = (x ^ x >> 27) * 0x94D049BB133111EB;
            return x ^ x >> 31;
        }
    }
}
