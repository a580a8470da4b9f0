using Attune.Formats;
using Attune.Nn;
using static TorchSharp.torch;

namespace Attune.Verification;

/// <summary>
/// A fixture's padded batch, [rows, columns], as packed rows: only the places that count are run, at the positions that they have in the
/// batch, and results go back to their places.
/// </summary>
internal sealed class FixtureRows
{
    private FixtureRows(int rows, int columns, List<int[]> places, int[] ids)
    {
        Rows = rows;
        Columns = columns;
        Places = places;
        Ids = ids;
    }

    /// <summary>Rows of the batch.</summary>
    public int Rows { get; }

    /// <summary>Columns of the batch.</summary>
    public int Columns { get; }

    /// <summary>Of each packed row, the places (row * columns + column) of its tokens.</summary>
    public IReadOnlyList<int[]> Places { get; }

    /// <summary>Token ids, row-major.</summary>
    public int[] Ids { get; }

    /// <summary>Positions, row-major; null: columns.</summary>
    public int[]? Positions { get; private init; }

    /// <summary>Labels, row-major, unshifted; null where there are none.</summary>
    public int[]? Labels { get; private init; }

    /// <summary>Which of a row's texts each token is of, row-major; null: all are of the first.</summary>
    public int[]? TokenTypes { get; private init; }

    /// <summary>Reads a batch.</summary>
    /// <param name="source">Tensors of a forward's arguments.</param>
    /// <param name="prefix">What the names begin with.</param>
    public static FixtureRows Read(ITensorSource source, string prefix = "")
    {
        int[]? Column(string name) => source.Tensors.ContainsKey(prefix + name) ? [.. source.ReadIntegers(prefix + name).Select(value => (int)value)] : null;
        var shape = source.Find(prefix + "input_ids").Shape;
        int rows = (int)shape[0], columns = (int)shape[1];
        int[] ids = Column("input_ids")!;
        int[]? mask = Column("attention_mask"), sequences = Column("sequence_ids");
        var places = new List<int[]>();
        for (int row = 0; row < rows; row++)
        {
            var counted = Enumerable.Range(row * columns, columns).Where(place => mask?[place] is null or not 0 && sequences?[place] is null or not 0);
            places.AddRange(counted.GroupBy(place => sequences?[place] ?? 0).Select(group => group.ToArray()));
        }

        return new FixtureRows(rows, columns, places, ids)
        {
            Positions = Column("position_ids"),
            TokenTypes = Column("token_type_ids"),
            Labels = source.Tensors.TryGetValue(prefix + "labels", out var labels) && labels.Shape.SequenceEqual(shape) && labels.Type == ElementType.I64 ? Column("labels") : null,
        };
    }

    /// <summary>The rows as a model takes them.</summary>
    public PackedRows Pack() => PackedRows.From(
        [.. Places.Select(row => row.Select(place => Ids[place]).ToArray())], CPU, [.. Places.Select(row => row.Select(place => Positions?[place] ?? place % Columns).ToArray())],
        tokenTypes: TokenTypes is { } types ? [.. Places.Select(row => row.Select(place => types[place]).ToArray())] : null);

    /// <summary>Packed places whose next token is trained, and that token: a label is predicted from the place before it.</summary>
    public (long[] From, long[] Targets) Trained()
    {
        var from = new List<long>();
        var targets = new List<long>();
        int at = 0;
        foreach (int[] row in Places)
        {
            for (int i = 1; i < row.Length; i++)
            {
                if (Labels![row[i]] != -100)
                {
                    from.Add(at + i - 1);
                    targets.Add(Labels[row[i]]);
                }
            }

            at += row.Length;
        }

        return ([.. from], [.. targets]);
    }

    /// <summary>Packed results at their places in the batch, zeros elsewhere.</summary>
    /// <param name="packed">[tokens, width].</param>
    /// <returns>[rows, columns, width].</returns>
    public Tensor Unpack(Tensor packed)
    {
        using var scope = NewDisposeScope();
        var result = zeros([(long)Rows * Columns, packed.shape[1]], dtype: packed.dtype, device: packed.device);
        result.index_copy_(0, tensor(Places.SelectMany(row => row).Select(place => (long)place).ToArray(), device: packed.device), packed);
        return result.view(Rows, Columns, -1).MoveToOuterDisposeScope();
    }

    /// <summary>Which elements of [rows, columns, width] belong to places that count.</summary>
    /// <param name="width">The last dimension.</param>
    public bool[] Counted(long width)
    {
        bool[] counted = new bool[Rows * Columns * width];
        foreach (int place in Places.SelectMany(row => row))
        {
            counted.AsSpan(checked((int)(place * width)), (int)width).Fill(true);
        }

        return counted;
    }
}
