using System.Runtime.CompilerServices;

namespace Attune.Text.Models;

/// <summary>Which pairs of tokens merge, in which order of rank, and into what.</summary>
internal sealed class MergeTable
{
    /// <summary>No merge: larger than every merge.</summary>
    public const ulong None = ulong.MaxValue;

    private ulong[] pairs;
    private ulong[] merges;
    private int shift;
    private int count;

    public MergeTable()
    {
        pairs = [];
        merges = [];
        Resize(10);
    }

    /// <summary>Adds a merge; of two for one pair the later counts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(int left, int right, int rank, int result)
    {
        if (count * 2 >= pairs.Length)
        {
            (ulong[] oldPairs, ulong[] oldMerges) = (pairs, merges);
            Resize(64 - shift + 1);
            for (int i = 0; i < oldPairs.Length; i++)
            {
                if (oldPairs[i] != None)
                {
                    int free = Slot(oldPairs[i]);
                    pairs[free] = oldPairs[i];
                    merges[free] = oldMerges[i];
                }
            }
        }

        ulong pair = Pair(left, right);
        int slot = Slot(pair);
        count += pairs[slot] == None ? 1 : 0;
        pairs[slot] = pair;
        merges[slot] = ((ulong)(uint)rank << 32) | (uint)result;
    }

    /// <summary>The pair's merge: its rank in the upper half, its result in the lower; or <see cref="None"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ulong Find(int left, int right)
    {
        ulong pair = Pair(left, right);
        int slot = Slot(pair);
        return pairs[slot] == pair ? merges[slot] : None;
    }

    private static ulong Pair(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Slot(ulong pair)
    {
        int slot = (int)((pair * 0x9E3779B97F4A7C15) >> shift);
        while (pairs[slot] != pair && pairs[slot] != None)
        {
            slot = (slot + 1) & (pairs.Length - 1);
        }

        return slot;
    }

    private void Resize(int bits)
    {
        pairs = new ulong[1 << bits];
        merges = new ulong[1 << bits];
        shift = 64 - bits;
        Array.Fill(pairs, None);
    }
}
