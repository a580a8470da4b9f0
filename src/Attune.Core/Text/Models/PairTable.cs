using System.Numerics;
using System.Runtime.CompilerServices;

namespace Attune.Text.Models;

/// <summary>For pairs of numbers that are not negative a number, and another by which they are ranked.</summary>
internal sealed class PairTable
{
    /// <summary>Nothing: larger than everything that is stored.</summary>
    public const ulong None = ulong.MaxValue;

    private ulong[] pairs;
    private ulong[] values;
    private int shift;
    private int count;

    /// <summary>An empty table.</summary>
    /// <param name="capacity">About how many pairs will come.</param>
    public PairTable(int capacity)
    {
        pairs = [];
        values = [];
        Resize(Math.Max(10, BitOperations.Log2((uint)capacity) + 2));
    }

    /// <summary>Adds a pair; of two that are alike the later counts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(int left, int right, int rank, int result)
    {
        if (count * 2 >= pairs.Length)
        {
            (ulong[] oldPairs, ulong[] oldValues) = (pairs, values);
            Resize(64 - shift + 1);
            for (int i = 0; i < oldPairs.Length; i++)
            {
                if (oldPairs[i] != None)
                {
                    int free = Slot(oldPairs[i]);
                    pairs[free] = oldPairs[i];
                    values[free] = oldValues[i];
                }
            }
        }

        ulong pair = Pair(left, right);
        int slot = Slot(pair);
        count += pairs[slot] == None ? 1 : 0;
        pairs[slot] = pair;
        values[slot] = ((ulong)(uint)rank << 32) | (uint)result;
    }

    /// <summary>What is stored for a pair: the rank in the upper half, the result in the lower; or <see cref="None"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ulong Find(int left, int right)
    {
        ulong pair = Pair(left, right);
        int slot = Slot(pair);
        return pairs[slot] == pair ? values[slot] : None;
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
        values = new ulong[1 << bits];
        shift = 64 - bits;
        Array.Fill(pairs, None);
    }
}
