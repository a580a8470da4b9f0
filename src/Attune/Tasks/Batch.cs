using Attune.Nn;
using Attune.Text;
using static TorchSharp.torch;

namespace Attune.Tasks;

/// <summary>Rows that go through the model together: the tokens, the places whose next token is trained, and those tokens.</summary>
public sealed class Batch : IDisposable
{
    private Batch(PackedRows rows, Tensor places, Tensor targets, int[] trainedOfRow, string?[] labels)
    {
        Labels = labels;
        Rows = rows;
        Places = places;
        Targets = targets;
        TrainedOfRow = trainedOfRow;
    }

    /// <summary>The tokens.</summary>
    public PackedRows Rows { get; }

    /// <summary>[trained], int64: places in the packed tokens that predict a trained token.</summary>
    public Tensor Places { get; }

    /// <summary>[trained], int64: the tokens they predict.</summary>
    public Tensor Targets { get; }

    /// <summary>What a classifier is to say of each row; null: it is a row to be written.</summary>
    public IReadOnlyList<string?> Labels { get; }

    /// <summary>How many trained tokens each row has, in the rows' order; a labelled row counts as one.</summary>
    public IReadOnlyList<int> TrainedOfRow { get; }

    /// <summary>How many trained tokens there are.</summary>
    public int TrainedTokens => TrainedOfRow.Sum();

    /// <summary>Packs rows. The first token of a row is never trained: nothing predicts it.</summary>
    /// <param name="rows">The rows; at least one, none empty.</param>
    /// <param name="device">Where the tensors are made.</param>
    public static Batch From(IReadOnlyList<TokenRow> rows, Device device)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var places = new List<long>();
        var targets = new List<long>();
        int[] trained = new int[rows.Count];
        int at = 0;
        for (int r = 0; r < rows.Count; r++)
        {
            var (ids, mask) = (rows[r].Ids, rows[r].Trained);
            for (int i = 1; i < ids.Length; i++)
            {
                if (mask[i])
                {
                    places.Add(at + i - 1);
                    targets.Add(ids[i]);
                    trained[r]++;
                }
            }

            trained[r] = rows[r].Label is null ? trained[r] : 1;
            at += ids.Length;
        }

        return new Batch(PackedRows.From([.. rows.Select(row => row.Ids)], device, tokenTypes: [.. rows.Select(row => row.TypeIds)]),
            tensor(places.ToArray(), device: device), tensor(targets.ToArray(), device: device), trained, [.. rows.Select(row => row.Label)]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Rows.Dispose();
        Places.Dispose();
        Targets.Dispose();
    }
}
