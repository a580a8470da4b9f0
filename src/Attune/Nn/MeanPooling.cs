using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>The mean of each row's states: a state for the whole row.</summary>
public static class MeanPooling
{
    /// <summary>Pools.</summary>
    /// <param name="hidden">[tokens, width].</param>
    /// <param name="rows">Which tokens belong together.</param>
    /// <returns>[rows, width], float32.</returns>
    public static Tensor Of(Tensor hidden, PackedRows rows)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(rows);
        long[] owners = [.. rows.Lengths.SelectMany((length, row) => Enumerable.Repeat((long)row, length))];
        float[] lengths = [.. rows.Lengths.Select(length => (float)length)];
        var sums = zeros([rows.Lengths.Count, hidden.size(1)], dtype: float32, device: hidden.device)
            .index_add(0, tensor(owners, device: hidden.device), Precision.As(hidden, float32), 1);
        return sums / tensor(lengths, device: hidden.device).unsqueeze(1);
    }
}
