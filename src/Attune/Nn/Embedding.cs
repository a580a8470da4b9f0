using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>Rows of a matrix by number, and what tuning adds.</summary>
public sealed class Embedding : Layer, IAdaptable
{
    /// <summary>Creates the layer, empty.</summary>
    /// <param name="count">How many rows.</param>
    /// <param name="width">Width of a row.</param>
    /// <param name="paddingIndex">The row that gets no gradient from the look-up (torch's padding_idx); null where every row does.</param>
    public Embedding(int count, int width, int? paddingIndex = null)
    {
        PaddingIndex = paddingIndex;
        Weight = AddParameter("weight", count, width);
    }

    /// <summary>The row that gets no gradient from the look-up; null where every row does.</summary>
    public int? PaddingIndex { get; }

    /// <summary>[count, width].</summary>
    public Parameter Weight { get; }

    /// <summary>Whether the weight's gradient is a sparse matrix of the rows that were looked up, for an optimizer that takes such.</summary>
    internal bool SparseGradient { get; set; }

    /// <summary>What tuning adds; null where there is nothing.</summary>
    public IDelta? Delta { get; set; }

    /// <summary>The rows of these numbers.</summary>
    /// <param name="ids">[tokens], int64.</param>
    /// <param name="type">The precision of the result.</param>
    /// <returns>[tokens, width].</returns>
    public Tensor Forward(Tensor ids, ScalarType type)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (Weight.Quantized is { } blocks)
        {
            var selected = Precision.As(blocks.Select(ids), type);
            return Delta is null ? selected : Delta.Add(ids, selected);
        }

        var weight = Weight.Value;
        bool isSparse = SparseGradient && weight.requires_grad && is_grad_enabled();
        var rows = isSparse ? LookUp.Of(weight, ids, PaddingIndex) : weight.index_select(0, ids);
        if (PaddingIndex is int padding && weight.requires_grad && !isSparse)
        {
            // The padding row's values count, its gradient does not: the look-up's share of it is cut.
            rows = where(ids.eq(padding).unsqueeze(-1), rows.detach(), rows);
        }

        rows = Precision.As(rows, type);
        return Delta is null ? rows : Delta.Add(ids, rows);
    }

    /// <summary>The look-up, whose gradient is that of the rows looked up alone: a sparse matrix, however many rows there are.</summary>
    private sealed class LookUp : GradientFunction<LookUp>
    {
        public static Tensor Of(Tensor weight, Tensor ids, int? padding) => Call(weight, ids, padding ?? -1);

        protected override Tensor Forward(autograd.AutogradContext context, object[] inputs)
        {
            var (weight, ids) = ((Tensor)inputs[0], (Tensor)inputs[1]);
            context.save_for_backward([ids]);
            context.save_data("shape", weight.shape);
            context.save_data("padding", (int)inputs[2]);
            return weight.index_select(0, ids);
        }

        protected override Tensor?[] Backward(autograd.AutogradContext context, IReadOnlyList<Tensor> saved, Tensor gradient)
        {
            int padding = (int)context.get_data("padding");

            // The padding row's values count, its gradient does not.
            var rows = padding < 0 ? gradient : gradient.masked_fill(saved[0].eq(padding).unsqueeze(-1), 0);
            return [sparse_coo_tensor(saved[0].unsqueeze(0), rows, (long[])context.get_data("shape"), dtype: rows.dtype, device: rows.device), null, null];
        }
    }
}
