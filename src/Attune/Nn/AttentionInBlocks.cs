using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>
/// Causal attention by libtorch's operators alone, for devices and types that <see cref="AttentionKernel"/> does not take: batched products with a
/// group's query heads folded into one matrix, block by block, so that no [tokens, tokens] matrix outlives its block; the gradient makes the
/// probabilities again.
/// </summary>
internal static class AttentionInBlocks
{
    private const int Block = 256;

    /// <summary>Rows without a cache.</summary>
    /// <param name="query">[tokens, heads, head size].</param>
    /// <param name="key">[tokens, key heads, head size].</param>
    /// <param name="value">As <paramref name="key"/>.</param>
    /// <param name="lengths">The tokens of each row.</param>
    /// <param name="scale">What scores are multiplied by.</param>
    /// <returns>[tokens, heads, head size].</returns>
    public static Tensor Forward(Tensor query, Tensor key, Tensor value, IReadOnlyList<int> lengths, double scale)
    {
        var output = empty_like(query);
        Blocks(lengths, (row, _, from, count) =>
        {
            using var scope = NewDisposeScope();
            long keyHeads = key.size(1), seen = from + count;
            var folded = Fold(query.narrow(0, row + from, count) * scale, keyHeads);
            var probabilities = Probabilities(folded, key.narrow(0, row, seen).transpose(0, 1), count);
            Unfold(probabilities.view(keyHeads, -1, seen).bmm(value.narrow(0, row, seen).transpose(0, 1)), output.narrow(0, row + from, count));
        });
        return output;
    }

    /// <summary>New tokens behind cached ones, whose keys are in the cache already.</summary>
    /// <param name="query">[tokens, heads, head size].</param>
    /// <param name="keys">[rows, key heads, capacity, head size].</param>
    /// <param name="values">As <paramref name="keys"/>.</param>
    /// <param name="lengths">The new tokens of each row.</param>
    /// <param name="past">The tokens of each row before them.</param>
    /// <param name="scale">What scores are multiplied by.</param>
    /// <returns>[tokens, heads, head size].</returns>
    public static Tensor Cached(Tensor query, Tensor keys, Tensor values, IReadOnlyList<int> lengths, IReadOnlyList<int> past, double scale)
    {
        var output = empty_like(query);
        int number = 0;
        Blocks(lengths, (row, length, from, count) =>
        {
            using var scope = NewDisposeScope();
            long keyHeads = keys.size(1), seen = past[number] + from + count;
            var folded = Fold(query.narrow(0, row + from, count) * scale, keyHeads);
            var probabilities = Probabilities(folded, keys.select(0, number).narrow(1, 0, seen), count);
            Unfold(probabilities.view(keyHeads, -1, seen).bmm(values.select(0, number).narrow(1, 0, seen)), output.narrow(0, row + from, count));
            number += from + count == length ? 1 : 0;
        });
        return output;
    }

    /// <summary>The gradients of query, key and value; the arguments are those of <see cref="Forward"/>.</summary>
    public static (Tensor Query, Tensor Key, Tensor Value) Backward(Tensor query, Tensor key, Tensor value, Tensor gradient, IReadOnlyList<int> lengths, double scale)
    {
        Tensor ofQuery = empty_like(query), ofKey = zeros_like(key), ofValue = zeros_like(value);
        Blocks(lengths, (row, _, from, count) =>
        {
            using var scope = NewDisposeScope();
            long keyHeads = key.size(1), seen = from + count;
            var folded = Fold(query.narrow(0, row + from, count) * scale, keyHeads);
            var k = key.narrow(0, row, seen).transpose(0, 1);
            var v = value.narrow(0, row, seen).transpose(0, 1);
            var p = Probabilities(folded, k, count).view(keyHeads, -1, seen);
            var g = Fold(gradient.narrow(0, row + from, count), keyHeads);
            ofValue.narrow(0, row, seen).add_(p.transpose(1, 2).bmm(g).transpose(0, 1));

            // d scores = p (d p - sum over keys of p d p)
            var d = g.bmm(v.transpose(1, 2));
            var weighted = d.mul_(p);
            var s = weighted.addcmul_(p, weighted.sum([-1], keepdim: true), -1);
            Unfold(s.bmm(k).mul_(scale), ofQuery.narrow(0, row + from, count));
            ofKey.narrow(0, row, seen).add_(s.transpose(1, 2).bmm(folded).transpose(0, 1));
        });
        return (ofQuery, ofKey, ofValue);
    }

    private static void Blocks(IReadOnlyList<int> lengths, Action<long, int, int, int> action)
    {
        long row = 0;
        foreach (int length in lengths)
        {
            for (int from = 0; from < length; from += Block)
            {
                action(row, length, from, Math.Min(Block, length - from));
            }

            row += length;
        }
    }

    /// <summary>Queries of all heads, the heads of a group one after the other: [key heads, group * tokens, head size].</summary>
    private static Tensor Fold(Tensor tokens, long keyHeads)
    {
        long count = tokens.size(0), heads = tokens.size(1), size = tokens.size(2);
        return tokens.view(count, keyHeads, heads / keyHeads, size).permute(1, 2, 0, 3).reshape(keyHeads, -1, size);
    }

    /// <summary>Writes [key heads, group * tokens, head size] to [tokens, heads, head size].</summary>
    private static void Unfold(Tensor folded, Tensor destination) =>
        destination.copy_(folded.view(destination.size(1), destination.size(0), destination.size(2)).transpose(0, 1));

    /// <summary>Probabilities of a block of queries over all keys up to its end: [heads, queries, keys].</summary>
    /// <param name="folded">[key heads, group * queries, head size], scaled.</param>
    /// <param name="keys">[key heads, keys, head size].</param>
    /// <param name="queries">How many queries; they are the last of the keys' places.</param>
    private static Tensor Probabilities(Tensor folded, Tensor keys, long queries)
    {
        long count = keys.size(1);
        var scores = folded.bmm(keys.transpose(1, 2)).view(-1, queries, count);
        if (queries > 1)
        {
            scores.narrow(2, count - queries, queries).masked_fill_(Attention.Future(queries, scores.device), double.NegativeInfinity);
        }

        return scores.softmax(-1);
    }
}
