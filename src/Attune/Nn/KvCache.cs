using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>Keys and values of the tokens so far, of every layer and row; it grows by blocks.</summary>
public sealed class KvCache : IDisposable
{
    private const int Block = 128;
    private readonly Tensor[] keys;
    private readonly Tensor[] values;
    private int[] lengths;

    /// <summary>Creates an empty cache.</summary>
    /// <param name="layers">Layers of the model.</param>
    /// <param name="rows">Rows that are continued together.</param>
    /// <param name="heads">Key-value heads.</param>
    /// <param name="headSize">Size of a head.</param>
    /// <param name="type">The computation's precision.</param>
    /// <param name="device">Where it lies.</param>
    public KvCache(int layers, int rows, int heads, int headSize, ScalarType type, Device device)
    {
        keys = new Tensor[layers];
        values = new Tensor[layers];
        for (int i = 0; i < layers; i++)
        {
            keys[i] = zeros([rows, heads, Block, headSize], dtype: type, device: device).DetachFromDisposeScope();
            values[i] = zeros([rows, heads, Block, headSize], dtype: type, device: device).DetachFromDisposeScope();
        }

        lengths = new int[rows];
    }

    /// <summary>The tokens of each row that all layers have seen.</summary>
    public IReadOnlyList<int> Lengths => lengths;

    /// <summary>A layer's keys and values, [rows, heads, capacity, head size].</summary>
    internal (Tensor Keys, Tensor Values) Of(int layer) => (keys[layer], values[layer]);

    /// <summary>Writes new keys and values of a layer behind what is there.</summary>
    /// <param name="layer">The layer's number.</param>
    /// <param name="key">[tokens, heads, head size].</param>
    /// <param name="value">As <paramref name="key"/>.</param>
    /// <param name="counts">The new tokens of each row.</param>
    internal void Write(int layer, Tensor key, Tensor value, IReadOnlyList<int> counts)
    {
        int needed = 0;
        for (int row = 0; row < lengths.Length; row++)
        {
            needed = Math.Max(needed, lengths[row] + counts[row]);
        }

        Grow(keys, layer, needed);
        Grow(values, layer, needed);
        CacheKernel.Write(keys[layer], key, lengths, counts);
        CacheKernel.Write(values[layer], value, lengths, counts);
    }

    /// <summary>Counts new tokens as seen, after the last layer wrote them.</summary>
    /// <param name="counts">The new tokens of each row.</param>
    public void Advance(IReadOnlyList<int> counts) => lengths = [.. lengths.Zip(counts, (length, count) => length + count)];

    /// <summary>Takes rows anew: row i becomes what row <paramref name="order"/>[i] was (beams that live on, rows that ended).</summary>
    /// <param name="order">Numbers of rows; as many as are wanted.</param>
    public void Reorder(IReadOnlyList<int> order)
    {
        ArgumentNullException.ThrowIfNull(order);
        using var index = tensor(order.Select(row => (long)row).ToArray(), device: keys[0].device);
        for (int i = 0; i < keys.Length; i++)
        {
            Replace(ref keys[i], keys[i].index_select(0, index));
            Replace(ref values[i], values[i].index_select(0, index));
        }

        lengths = [.. order.Select(row => lengths[row])];
    }

    /// <summary>Forgets all but the first tokens of a row, so that another continuation of them can be read.</summary>
    /// <param name="row">The row.</param>
    /// <param name="length">How many tokens stay.</param>
    public void Truncate(int row, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, lengths[row]);
        lengths[row] = length;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in keys.Concat(values))
        {
            tensor.Dispose();
        }
    }

    private static void Grow(Tensor[] tensors, int layer, int needed)
    {
        var old = tensors[layer];
        long capacity = old.size(2);
        if (needed <= capacity)
        {
            return;
        }

        // Half as much again, in whole blocks: a long reply copies what it has a few times only.
        long wanted = Math.Max(needed, capacity + (capacity / 2));
        wanted = (wanted + Block - 1) / Block * Block;
        var grown = zeros([old.size(0), old.size(1), wanted, old.size(3)], dtype: old.dtype, device: old.device);
        grown.narrow(2, 0, capacity).copy_(old);
        Replace(ref tensors[layer], grown);
    }

    private static void Replace(ref Tensor place, Tensor value)
    {
        place.Dispose();
        place = value.DetachFromDisposeScope();
    }
}
