using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>
/// Rows of tokens one after another, without padding: how every model takes its input. Attention stays within a row. A row that continues
/// a cached one brings only its new tokens.
/// </summary>
public sealed class PackedRows : IDisposable
{
    private Tensor? firsts;

    private PackedRows(Tensor inputIds, Tensor positions, Tensor? tokenTypes, int[] lengths, int longest)
    {
        InputIds = inputIds;
        Positions = positions;
        TokenTypes = tokenTypes;
        Lengths = lengths;
        Longest = longest;
    }

    /// <summary>[tokens], int64.</summary>
    public Tensor InputIds { get; }

    /// <summary>[tokens], int64: where in its row each token stands.</summary>
    public Tensor Positions { get; }

    /// <summary>[tokens], int64: which of a row's texts each token is of (<c>token_type_ids</c>); null: all are of the first.</summary>
    public Tensor? TokenTypes { get; }

    /// <summary>[rows], int64: the place of each row's first token.</summary>
    public Tensor Firsts => firsts ??= tensor(Starts(), device: InputIds.device).DetachFromDisposeScope();

    /// <summary>The tokens of each row; their sum is the number of tokens.</summary>
    public IReadOnlyList<int> Lengths { get; }

    /// <summary>The largest position + 1.</summary>
    public int Longest { get; }

    /// <summary>How many tokens there are.</summary>
    public int Count => Lengths.Sum();

    /// <summary>Packs rows.</summary>
    /// <param name="rows">Token ids; no row is empty.</param>
    /// <param name="device">Where the tensors are made.</param>
    /// <param name="positions">Positions of every row's tokens; null: from <paramref name="starts"/>, or 0, on.</param>
    /// <param name="starts">The first position of each row (its length in the cache).</param>
    /// <param name="tokenTypes">Which of a row's texts its tokens are of, for every row, or null for one whose tokens are all of the first; null: all are.</param>
    public static PackedRows From(
        IReadOnlyList<int[]> rows, Device device, IReadOnlyList<int[]>? positions = null, IReadOnlyList<int>? starts = null, IReadOnlyList<int[]?>? tokenTypes = null)
    {
        ArgumentNullException.ThrowIfNull(rows);
        int[] lengths = [.. rows.Select(row => row.Length)];
        if (Array.IndexOf(lengths, 0) is int empty and >= 0)
        {
            throw new ArgumentException($"Row {empty} is empty.", nameof(rows));
        }

        long[] ids = new long[lengths.Sum()], places = new long[ids.Length];
        long[]? types = tokenTypes is not null && tokenTypes.Any(row => row is not null) ? new long[ids.Length] : null;
        int at = 0;
        for (int r = 0; r < rows.Count; r++)
        {
            for (int i = 0; i < rows[r].Length; i++, at++)
            {
                ids[at] = rows[r][i];
                if (types is not null && tokenTypes![r] is { } ofRow)
                {
                    types[at] = ofRow[i];
                }

                places[at] = positions is not null ? positions[r][i] : i + (starts is null ? 0 : starts[r]);
            }
        }

        return new PackedRows(tensor(ids, device: device), tensor(places, device: device), types is null ? null : tensor(types, device: device), lengths, ids.Length == 0 ? 0 : (int)places.Max() + 1);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        InputIds.Dispose();
        Positions.Dispose();
        TokenTypes?.Dispose();
        firsts?.Dispose();
    }

    private long[] Starts()
    {
        long[] starts = new long[Lengths.Count];
        for (int row = 1; row < starts.Length; row++)
        {
            starts[row] = starts[row - 1] + Lengths[row - 1];
        }

        return starts;
    }
}
