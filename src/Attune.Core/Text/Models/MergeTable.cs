namespace Attune.Text.Models;

/// <summary>Which pairs of tokens merge, in which order of rank, and into what.</summary>
internal sealed class MergeTable
{
    /// <summary>No merge: larger than every merge.</summary>
    public const ulong None = ulong.MaxValue;

    private readonly ulong[] pairs;
    private readonly ulong[] merges;
    private readonly int shift;

    /// <summary>An empty table.</summary>
    /// <param name="capacity">How many merges will come, at most.</param>
    public MergeTable(int capacity)
    {
        int bits = 4;
        while (1 << bits < capacity * 2)
        {
            bits++;
        }

        pairs = new ulong[1 << bits];
        merges = new ulong[1 << bits];
        shift = 64 - bits;
        Array.Fill(pairs, ulong.MaxValue);
    }

    /// <summary>Adds a merge; of two for one pair the later counts.</summary>
    public void Add(int left, int right, int rank, int result)
    {
        ulong pair = Pair(left, right);
        int slot = Slot(pair);
        pairs[slot] = pair;
        merges[slot] = ((ulong)(uint)rank << 32) | (uint)result;
    }

    /// <summary>The pair's merge: its rank in the upper half, its result in the lower; or <see cref="None"/>.</summary>
    public ulong Find(int left, int right)
    {
        ulong pair = Pair(left, right);
        int slot = Slot(pair);
        return pairs[slot] == pair ? merges[slot] : None;
    }

    private static ulong Pair(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    private int Slot(ulong pair)
    {
        int slot = (int)((pair * 0x9E3779B97F4A7C15) >> shift);
        while (pairs[slot] != pair && pairs[slot] != ulong.MaxValue)
        {
            slot = (slot + 1) & (pairs.Length - 1);
        }

        return slot;
    }
}
