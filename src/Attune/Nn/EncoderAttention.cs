using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>
/// Attention within each row of packed rows, every token to every other (Vaswani et al. 2017). The probabilities are made again in the backward
/// pass, so that none outlives its product. Where <see cref="EncoderAttentionKernel"/> cannot work, neighbouring rows of one length go through one
/// batched product.
/// </summary>
public static class EncoderAttention
{
    /// <summary>Attends.</summary>
    /// <param name="query">[tokens, heads, head size]. Query, key and value must be the caller's own: their memory becomes their gradients'.</param>
    /// <param name="key">As <paramref name="query"/>.</param>
    /// <param name="value">As <paramref name="query"/>.</param>
    /// <param name="rows">Which tokens belong together.</param>
    /// <param name="scale">What scores are multiplied by, usually 1 / sqrt(head size).</param>
    /// <returns>[tokens, heads * head size].</returns>
    public static Tensor Forward(Tensor query, Tensor key, Tensor value, PackedRows rows, double scale)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return (is_grad_enabled() ? Function.Of(query, key, value, rows.Lengths, scale) : Attend(query, key, value, rows.Lengths, scale)).flatten(1);
    }

    /// <summary>
    /// The same without gradients, of products that lack their biases. The key's is not asked for: it adds the same to all scores of a query, which
    /// the softmax takes off again.
    /// </summary>
    /// <param name="query">As <see cref="Forward"/> has it.</param>
    /// <param name="key">As <paramref name="query"/>.</param>
    /// <param name="value">As <paramref name="query"/>.</param>
    /// <param name="queryBias">[heads * head size]; null: none is lacking.</param>
    /// <param name="valueBias">As <paramref name="queryBias"/>.</param>
    /// <param name="rows">Which tokens belong together.</param>
    /// <param name="scale">What scores are multiplied by.</param>
    internal static Tensor ForwardApart(Tensor query, Tensor key, Tensor value, Tensor? queryBias, Tensor? valueBias, PackedRows rows, double scale) =>
        Attend(query, key, value, rows.Lengths, scale, queryBias, valueBias).flatten(1);

    /// <summary>The same by TorchSharp's own operators, row by row: the twin that tests compare with.</summary>
    internal static Tensor Plain(Tensor query, Tensor key, Tensor value, IReadOnlyList<int> lengths, double scale)
    {
        var outputs = new List<Tensor>();
        long at = 0;
        foreach (int length in lengths)
        {
            var (q, k, v) = (query.narrow(0, at, length).transpose(0, 1), key.narrow(0, at, length).transpose(0, 1), value.narrow(0, at, length).transpose(0, 1));
            outputs.Add((q.matmul(k.transpose(1, 2)) * scale).softmax(-1).matmul(v).transpose(0, 1).flatten(1));
            at += length;
        }

        return cat(outputs, 0);
    }

    private static Tensor Attend(
        Tensor query, Tensor key, Tensor value, IReadOnlyList<int> lengths, double scale, Tensor? queryBias = null, Tensor? valueBias = null)
    {
        if (EncoderAttentionKernel.Takes(query, key, value, queryBias ?? query, valueBias ?? value))
        {
            return EncoderAttentionKernel.Forward(query, key, value, lengths, scale, queryBias, valueBias);
        }

        Tensor With(Tensor product, Tensor? bias) => bias is null ? product : product + bias.view(product.size(1), -1);
        return InProducts(With(query, queryBias), key, With(value, valueBias), lengths, scale);
    }

    /// <summary>The same by batched products.</summary>
    internal static Tensor InProducts(Tensor query, Tensor key, Tensor value, IReadOnlyList<int> lengths, double scale)
    {
        var output = empty(query.shape, dtype: query.dtype, device: query.device);
        foreach (var run in Runs(lengths))
        {
            using var scope = NewDisposeScope();
            run.Write(Probabilities(run.Of(query) * scale, run.Of(key)).matmul(run.Of(value)), output);
        }

        return output;
    }

    /// <summary>The gradients of query, key and value by batched products.</summary>
    internal static Tensor[] GradientsInProducts(IReadOnlyList<Tensor> saved, Tensor gradient, IReadOnlyList<int> lengths, double scale)
    {
        Tensor[] result = [.. saved.Select(one => empty(one.shape, dtype: one.dtype, device: one.device))];
        foreach (var run in Runs(lengths))
        {
            using var scope = NewDisposeScope();
            var (q, k, v, g) = (run.Of(saved[0]) * scale, run.Of(saved[1]), run.Of(saved[2]), run.Of(gradient));
            var p = Probabilities(q, k);
            run.Write(p.transpose(2, 3).matmul(g), result[2]);

            // d scores = p (d p - sum over keys of p d p)
            var weighted = g.matmul(v.transpose(2, 3)).mul_(p);
            var s = weighted.addcmul_(p, weighted.sum([-1], keepdim: true), -1);
            run.Write(s.matmul(k).mul_(scale), result[0]);
            run.Write(s.transpose(2, 3).matmul(q), result[1]);
        }

        return result;
    }

    private static Tensor Probabilities(Tensor scaled, Tensor keys) => scaled.matmul(keys.transpose(2, 3)).softmax(-1);

    private static IEnumerable<Run> Runs(IReadOnlyList<int> lengths)
    {
        long at = 0;
        for (int first = 0, next; first < lengths.Count; first = next)
        {
            for (next = first + 1; next < lengths.Count && lengths[next] == lengths[first]; next++)
            {
            }

            yield return new Run(at, next - first, lengths[first]);
            at += (long)(next - first) * lengths[first];
        }
    }

    /// <summary>Neighbouring rows of one length.</summary>
    private readonly record struct Run(long Start, long Rows, long Length)
    {
        /// <summary>Their part: [rows, heads, length, head size].</summary>
        public Tensor Of(Tensor tokens) => tokens.narrow(0, Start, Rows * Length).reshape(Rows, Length, tokens.size(1), tokens.size(2)).transpose(1, 2);

        /// <summary>Puts their part in its place.</summary>
        public void Write(Tensor part, Tensor tokens) => tokens.narrow(0, Start, Rows * Length).view(Rows, Length, tokens.size(1), tokens.size(2)).copy_(part.transpose(1, 2));
    }

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
            return Attend(query, key, value, lengths, scale);
        }

        protected override Tensor?[] Backward(autograd.AutogradContext context, IReadOnlyList<Tensor> saved, Tensor gradient)
        {
            var (lengths, scale) = ((IReadOnlyList<int>)context.get_data("lengths"), (double)context.get_data("scale"));
            if (EncoderAttentionKernel.Takes(saved[0], saved[1], saved[2], gradient))
            {
                EncoderAttentionKernel.Backward(saved[0], saved[1], saved[2], gradient, lengths, scale);
                return [saved[0].detach(), saved[1].detach(), saved[2].detach(), null, null];
            }

            return [.. GradientsInProducts(saved, gradient, lengths, scale), null, null];
        }
    }
}
