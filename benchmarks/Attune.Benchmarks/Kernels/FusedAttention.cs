using static TorchSharp.torch;

namespace Attune.Benchmarks.Kernels;

/// <summary>Attention by libtorch's own fused operator, row by row: without padding it has no batches of rows of several lengths.</summary>
internal static class FusedAttention
{
    /// <summary>Attends; the scale is the operator's own, 1 / sqrt(head size).</summary>
    /// <returns>[tokens, heads * head size].</returns>
    public static Tensor Of(Tensor query, Tensor key, Tensor value, int[] lengths, bool isCausal)
    {
        long groups = query.size(1) / key.size(1), at = 0;
        var outputs = new List<Tensor>();
        foreach (int length in lengths)
        {
            Tensor Row(Tensor tokens) => tokens.narrow(0, at, length).transpose(0, 1).unsqueeze(0);
            Tensor Shared(Tensor tokens) => groups == 1 ? Row(tokens) : Row(tokens).repeat_interleave(groups, 1);
            outputs.Add(nn.functional.scaled_dot_product_attention(Row(query), Shared(key), Shared(value), is_casual: isCausal).squeeze(0).transpose(0, 1).flatten(1));
            at += length;
        }

        return cat(outputs, 0);
    }
}
