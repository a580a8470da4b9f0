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
        var rows = weight.index_select(0, ids);
        if (PaddingIndex is int padding && weight.requires_grad)
        {
            // The padding row's values count, its gradient does not: the look-up's share of it is cut.
            rows = where(ids.eq(padding).unsqueeze(-1), rows.detach(), rows);
        }

        rows = Precision.As(rows, type);
        return Delta is null ? rows : Delta.Add(ids, rows);
    }
}
