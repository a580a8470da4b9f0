using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>Causal attention within each row of packed rows (Vaswani et al. 2017), keys shared by groups of query heads (Ainslie et al. 2023).</summary>
public static class Attention
{
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
            return (is_grad_enabled() ? Function.Of(query, key, value, rows.Lengths, scale)
                : AttentionKernel.Takes(query, key, value) ? AttentionKernel.Forward(query, KeyPlaces.Packed(key, rows.Lengths), value, scale)
                : AttentionInBlocks.Forward(query, key, value, rows.Lengths, scale)).flatten(1);
        }

        cache.Write(layer, key, value, rows.Lengths);
        var (keys, values) = cache.Of(layer);
        if (rows.Count == rows.Lengths.Count)
        {
            return OneTokenKernel.Fits(query, keys) ? OneTokenKernel.Forward(query, keys, values, cache.Lengths, scale) : OneTokenPlain(query, keys, values, cache.Lengths, scale);
        }

        return (AttentionKernel.Takes(query, keys, values) ? AttentionKernel.Forward(query, KeyPlaces.Cached(keys, rows.Lengths, cache.Lengths), values, scale)
            : AttentionInBlocks.Cached(query, keys, values, rows.Lengths, cache.Lengths, scale)).flatten(1);
    }

    /// <summary>The same by TorchSharp's own operators, row by row with a full mask: the twin that tests compare with.</summary>
    internal static Tensor Plain(Tensor query, Tensor key, Tensor value, IReadOnlyList<int> lengths, double scale)
    {
        long groups = query.size(1) / key.size(1);
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

    /// <summary>Which keys lie behind each query: [length, length].</summary>
    internal static Tensor Future(long length, Device device) => ones([length, length], dtype: @bool, device: device).triu(1);

    /// <summary>One new token a row: all rows in one product, shorter ones masked behind their end.</summary>
    internal static Tensor OneTokenPlain(Tensor query, Tensor keys, Tensor values, IReadOnlyList<int> lengths, double scale)
    {
        using var scope = NewDisposeScope();
        long rows = query.size(0), heads = query.size(1), size = query.size(2), keyHeads = keys.size(1);
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

    private sealed class Function : GradientFunction<Function>
    {
        public static Tensor Of(Tensor query, Tensor key, Tensor value, IReadOnlyList<int> lengths, double scale) => Call(query, key, value, lengths, scale);

        protected override Tensor Forward(autograd.AutogradContext context, object[] inputs)
        {
            var (query, key, value) = ((Tensor)inputs[0], (Tensor)inputs[1], (Tensor)inputs[2]);
            var (lengths, scale) = ((IReadOnlyList<int>)inputs[3], (double)inputs[4]);
            bool inKernel = AttentionKernel.Takes(query, key, value);
            context.save_data("lengths", lengths);
            context.save_data("scale", scale);
            context.save_data("kernel", inKernel);
            if (!inKernel)
            {
                context.save_for_backward([query, key, value]);
                return AttentionInBlocks.Forward(query, key, value, lengths, scale);
            }

            var logSums = empty([query.size(0), query.size(1)], dtype: float32, device: query.device);
            var output = AttentionKernel.Forward(query, KeyPlaces.Packed(key, lengths), value, scale, logSums);

            // Detached: a function that saved its own output would keep itself alive.
            context.save_for_backward([query, key, value, output.detach(), logSums]);
            return output;
        }

        protected override Tensor?[] Backward(autograd.AutogradContext context, IReadOnlyList<Tensor> saved, Tensor gradient)
        {
            var (query, key, value) = (saved[0], saved[1], saved[2]);
            var (lengths, scale) = ((IReadOnlyList<int>)context.get_data("lengths"), (double)context.get_data("scale"));
            var gradients = (bool)context.get_data("kernel")
                ? AttentionKernel.Backward(query, KeyPlaces.Packed(key, lengths), value, saved[3], saved[4], gradient.contiguous(), scale)
                : AttentionInBlocks.Backward(query, key, value, gradient, lengths, scale);
            return [gradients.Query, gradients.Key, gradients.Value, null, null];
        }
    }
}
