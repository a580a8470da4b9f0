using Attune.Native;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>Writes new keys or values into a cache. <see cref="Plain"/> is the same with TorchSharp's operators, and does what this cannot.</summary>
internal static unsafe class CacheKernel
{
    /// <summary>Writes.</summary>
    /// <param name="cache">[rows, heads, capacity, head size].</param>
    /// <param name="tokens">[tokens, heads, head size].</param>
    /// <param name="lengths">The tokens of each row in the cache.</param>
    /// <param name="counts">The new tokens of each row.</param>
    public static void Write(Tensor cache, Tensor tokens, IReadOnlyList<int> lengths, IReadOnlyList<int> counts)
    {
        if (!TensorPointer.IsReachable(cache) || !TensorPointer.IsReachable(tokens) || cache.dtype != tokens.dtype)
        {
            Plain(cache, tokens, lengths, counts);
        }
        else if (cache.element_size() == sizeof(float))
        {
            Copy<float>(cache, tokens, lengths, counts);
        }
        else
        {
            Copy<ushort>(cache, tokens, lengths, counts);
        }
    }

    /// <summary>The same with TorchSharp's operators.</summary>
    internal static void Plain(Tensor cache, Tensor tokens, IReadOnlyList<int> lengths, IReadOnlyList<int> counts)
    {
        using var scope = NewDisposeScope();
        long at = 0;
        for (int row = 0; row < counts.Count; row++)
        {
            cache.select(0, row).narrow(1, lengths[row], counts[row]).copy_(tokens.narrow(0, at, counts[row]).transpose(0, 1));
            at += counts[row];
        }
    }

    private static void Copy<T>(Tensor cache, Tensor tokens, IReadOnlyList<int> lengths, IReadOnlyList<int> counts)
        where T : unmanaged
    {
        long heads = cache.size(1), capacity = cache.size(2), size = cache.size(3);
        T* to = TensorPointer.Of<T>(cache), from = TensorPointer.Of<T>(tokens);
        for (int row = 0; row < counts.Count; row++)
        {
            for (int token = 0; token < counts[row]; token++)
            {
                for (long head = 0; head < heads; head++, from += size)
                {
                    long place = (((row * heads) + head) * capacity) + lengths[row] + token;
                    new ReadOnlySpan<T>(from, (int)size).CopyTo(new Span<T>(to + (place * size), (int)size));
                }
            }
        }

        GC.KeepAlive(tokens);
    }
}
