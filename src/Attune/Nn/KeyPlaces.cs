using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>Where the keys of rows lie, and their values, which lie alike: packed one row after the other, or in a cache.</summary>
/// <param name="Tensor">The keys.</param>
/// <param name="Heads">Key heads.</param>
/// <param name="HeadStride">Elements from a head to the next.</param>
/// <param name="TokenStride">Elements from a token to the next.</param>
/// <param name="Rows">The rows.</param>
internal sealed record KeyPlaces(Tensor Tensor, int Heads, long HeadStride, int TokenStride, IReadOnlyList<KeyPlaces.Row> Rows)
{
    /// <summary>Packed rows.</summary>
    /// <param name="key">[tokens, key heads, head size].</param>
    /// <param name="lengths">The tokens of each row.</param>
    public static KeyPlaces Packed(Tensor key, IReadOnlyList<int> lengths)
    {
        int heads = (int)key.size(1), size = (int)key.size(2);
        return new KeyPlaces(key, heads, size, heads * size, [.. Starts(lengths).Zip(lengths, (start, length) => new Row(start, start * heads * size, length, 0))]);
    }

    /// <summary>Rows of a cache that already holds the new tokens' keys.</summary>
    /// <param name="keys">[rows, key heads, capacity, head size].</param>
    /// <param name="lengths">The new tokens of each row.</param>
    /// <param name="past">The tokens of each row before them.</param>
    public static KeyPlaces Cached(Tensor keys, IReadOnlyList<int> lengths, IReadOnlyList<int> past)
    {
        int heads = (int)keys.size(1), size = (int)keys.size(3);
        long head = keys.size(2) * size;
        return new KeyPlaces(keys, heads, head, size, [.. Starts(lengths).Select((start, row) => new Row(start, row * heads * head, lengths[row], past[row]))]);
    }

    private static IEnumerable<long> Starts(IReadOnlyList<int> lengths)
    {
        long start = 0;
        foreach (int length in lengths)
        {
            yield return start;
            start += length;
        }
    }

    /// <summary>A row.</summary>
    /// <param name="Query">The place of its first new token among all rows' new tokens.</param>
    /// <param name="Key">The element where the keys of its first token begin.</param>
    /// <param name="Count">New tokens.</param>
    /// <param name="Past">Tokens before them.</param>
    internal readonly record struct Row(long Query, long Key, int Count, int Past);
}
