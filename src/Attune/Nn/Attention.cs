using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>
/// Causal attention within each row of packed rows (Vaswani et al. 2017), keys shared by groups of query heads (Ainslie et al. 2023).
/// On rows of a few hundred tokens batched products with a group's query heads folded into one matrix beat libtorch's own kernel; the
/// probabilities are made again in the backward pass, block by block, so that no [tokens, tokens] matrix outlives its block.
/// </summary>
public static class Attention
{
    private const int Block = 256;

    /// <summary>Attends.</summary>
    /// <param name="query">[tokens, heads, head size].</param>
    /// <param name="key">[tokens, key heads, head size].</param>
    /// <param name="value">As <paramref name="key"/>.</param>
    /// <param name="rows">Which tokens belong together.</param>
    /// <param name="scale">What scores are multiplied by, usually 1 / sqrt(head size).</param>
    /// <param name="cache">Earlier keys and values of these rows; the new ones are added. Null: none, and gradients can flow.</param>
    /// <param name="layer">The layer's number in the cache.</param>
    /// <returns>[tokens, heads * head size].</returns>
    public static Tensor Forward(Tensor query, Tensor key, Tensor value, PackedRows rows, double scale, KvCache? cache = null, int layer = 0)
    {
        if (cache is null)
        {
            return (is_grad_enabled() ? Function.Of(query, key, value, rows.Lengths, scale) : Rows(query, key, value, rows.Lengths, scale)).flatten(1);
        }

        cache.Write(layer, key, value, rows.Lengths);
        var (keys, values) = cache.Of(layer);
        return rows.Count > rows.Lengths.Count ? Cached(query, keys, values, rows, cache.Lengths, scale)
            : OneTokenKernel.Fits(query, keys) ? OneTokenKernel.Forward(query, keys, values, cache.Lengths, scale)
            : OneTokenPlain(query, keys, values, cache.Lengths, scale);
    }

    /// <summary>The same by TorchSharp's own operators, row by row with a full mask: the twin that tests compare with.</summary>
    internal static Tensor Plain(Tensor query, Tensor key, Tensor value, IReadOnlyList<int> lengths, double scale)
    {
        long groups = query.shape[1] / key.shape[1];
        var outputs = new List<Tensor>();
        long at = 0;
        foreach (int length in lengths)
        {
            var q = query.narrow(0, at, length).transpose(0, 1);
            var k = key.narrow(0, at, length).transpose(0, 1).repeat_interleave(groups, 0);
            var v = value.narrow(0, at, length).transpose(0, 1).repeat_interleave(groups, 0);
            var scores = (q.matmul(k.transpose(1, 2)) * scale).masked_fill(Future(length, q.device), double.NegativeInfinity);
            outputs.Add(scores.softmax(-1).matmul(v).transpose(0, 1).flatten(1));
            at += length;
        }

        return cat(outputs, 0);
    }

    private static Tensor Future(long length, Device device) => ones([length, length], dtype: @bool, device: device).triu(1);

    /// <summary>Queries of all heads, the heads of a group one after the other: [key heads, group * tokens, head size].</summary>
    private static Tensor Fold(Tensor tokens, long keyHeads)
    {
        long count = tokens.shape[0], heads = tokens.shape[1], size = tokens.shape[2];
        return tokens.view(count, keyHeads, heads / keyHeads, size).permute(1, 2, 0, 3).reshape(keyHeads, -1, size);
    }

    /// <summary>Probabilities of a block of queries over all keys up to its end: [heads, queries, keys].</summary>
    /// <param name="folded">[key heads, group * queries, head size], scaled.</param>
    /// <param name="keys">[key heads, keys, head size].</param>
    /// <param name="queries">How many queries; they are the last of the keys' places.</param>
    private static Tensor Probabilities(Tensor folded, Tensor keys, long queries)
    {
        long count = keys.shape[1];
        var scores = folded.bmm(keys.transpose(1, 2)).view(-1, queries, count);
        if (queries > 1)
        {
            scores.narrow(2, count - queries, queries).masked_fill_(Future(queries, scores.device), double.NegativeInfinity);
        }

        return scores.softmax(-1);
    }

    /// <summary>Rows without a cache, block by block: [tokens, heads, head size].</summary>
    private static Tensor Rows(Tensor query, Tensor key, Tensor value, IReadOnlyList<int> lengths, double scale)
    {
        var output = empty_like(query);
        Blocks(lengths, (row, rowLength, from, count) =>
        {
            using var scope = NewDisposeScope();
            long keyHeads = key.shape[1], seen = from + count;
            var folded = Fold(query.narrow(0, row + from, count) * scale, keyHeads);
            var probabilities = Probabilities(folded, key.narrow(0, row, seen).transpose(0, 1), count);
            Unfold(probabilities.view(keyHeads, -1, seen).bmm(value.narrow(0, row, seen).transpose(0, 1)), output.narrow(0, row + from, count));
        });
        return output;
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

    /// <summary>One new token a row: all rows in one product, shorter ones masked behind their end.</summary>
    internal static Tensor OneTokenPlain(Tensor query, Tensor keys, Tensor values, IReadOnlyList<int> lengths, double scale)
    {
        using var scope = NewDisposeScope();
        long rows = query.shape[0], heads = query.shape[1], size = query.shape[2], keyHeads = keys.shape[1];
        int longest = lengths.Max() + 1;
        var (k, v) = (keys.narrow(2, 0, longest), values.narrow(2, 0, longest));
        var scores = (query * scale).view(rows, keyHeads, heads / keyHeads, size).matmul(k.transpose(2, 3));
        if (lengths.Any(length => length + 1 < longest))
        {
            var ends = tensor(lengths.Select(length => (long)length).ToArray(), device: query.device).view(rows, 1, 1, 1);
            scores.masked_fill_(arange(longest, device: query.device).view(1, 1, 1, -1).gt(ends), double.NegativeInfinity);
        }

        return scores.softmax(-1).matmul(v).reshape(rows, heads * size).MoveToOuterDisposeScope();
    }

    /// <summary>Several new tokens a row behind cached ones.</summary>
    private static Tensor Cached(Tensor query, Tensor keys, Tensor values, PackedRows rows, IReadOnlyList<int> past, double scale)
    {
        using var scope = NewDisposeScope();
        var output = empty_like(query);
        long keyHeads = keys.shape[1], at = 0;
        for (int row = 0; row < rows.Lengths.Count; row++)
        {
            int length = rows.Lengths[row];
            for (int from = 0; from < length; from += Block)
            {
                using var inner = NewDisposeScope();
                int count = Math.Min(Block, length - from);
                long seen = past[row] + from + count;
                var folded = Fold(query.narrow(0, at + from, count) * scale, keyHeads);
                var probabilities = Probabilities(folded, keys.select(0, row).narrow(1, 0, seen), count);
                Unfold(probabilities.view(keyHeads, -1, seen).bmm(values.select(0, row).narrow(1, 0, seen)), output.narrow(0, at + from, count));
            }

            at += length;
        }

        return output.flatten(1).MoveToOuterDisposeScope();
    }

    /// <summary>Writes [key heads, group * tokens, head size] to [tokens, heads, head size].</summary>
    private static void Unfold(Tensor folded, Tensor destination) =>
        destination.copy_(folded.view(destination.shape[1], destination.shape[0], destination.shape[2]).transpose(0, 1));

    private sealed class Function : GradientFunction<Function>
    {
        public static Tensor Of(Tensor query, Tensor key, Tensor value, IReadOnlyList<int> lengths, double scale) => Call(query, key, value, lengths, scale);

        protected override Tensor Forward(autograd.AutogradContext context, object[] inputs)
        {
            var (query, key, value) = ((Tensor)inputs[0], (Tensor)inputs[1], (Tensor)inputs[2]);
            var (lengths, scale) = ((IReadOnlyList<int>)inputs[3], (double)inputs[4]);
            context.save_for_backward([query, key, value]);
            context.save_data("lengths", lengths);
            context.save_data("scale", scale);
            return Rows(query, key, value, lengths, scale);
        }

        protected override Tensor?[] Backward(autograd.AutogradContext context, IReadOnlyList<Tensor> saved, Tensor gradient)
        {
            var (query, key, value) = (saved[0], saved[1], saved[2]);
            var (lengths, scale) = ((IReadOnlyList<int>)context.get_data("lengths"), (double)context.get_data("scale"));
            Tensor ofQuery = empty_like(query), ofKey = zeros_like(key), ofValue = zeros_like(value);
            Blocks(lengths, (row, rowLength, from, count) =>
            {
                using var scope = NewDisposeScope();
                long keyHeads = key.shape[1], seen = from + count;
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
            return [ofQuery, ofKey, ofValue, null, null];
        }
    }
}
