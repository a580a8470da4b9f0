using Attune.Text;

namespace Attune.Data;

/// <summary>What became of a split's examples.</summary>
public sealed record EncodingCounts
{
    /// <summary>Examples that gave at least one row.</summary>
    public long Examples { get; internal set; }

    /// <summary>Rows.</summary>
    public long Rows { get; internal set; }

    /// <summary>Tokens of all rows.</summary>
    public long Tokens { get; internal set; }

    /// <summary>Tokens that are trained.</summary>
    public long TrainedTokens { get; internal set; }

    /// <summary>Tokens of the longest row.</summary>
    public int LongestRow { get; internal set; }

    /// <summary>Rows that were cut to the most tokens that a row may have.</summary>
    public long Truncated { get; internal set; }

    /// <summary>Tokens that cutting took away.</summary>
    public long TokensCut { get; internal set; }

    /// <summary>Rows left out because cutting left no token to train: what comes before the first reply is too long.</summary>
    public long TooLong { get; internal set; }

    /// <summary>Examples left out because nothing in them is trained: every reply has the weight 0.</summary>
    public long Untrained { get; internal set; }

    /// <summary>Rows in which a token that ends a turn or text is trained. A model that never sees one does not learn to stop.</summary>
    public long EndTrained { get; internal set; }

    /// <summary>The share of <see cref="EndTrained"/> in all rows, from 0 to 1.</summary>
    public double EndTrainedShare => Rows == 0 ? 0 : EndTrained / (double)Rows;
}

/// <summary>A split as rows of tokens.</summary>
public sealed class EncodedData
{
    internal EncodedData(IReadOnlyList<TokenRow> rows, IReadOnlyList<RowPlace> places, EncodingCounts counts, string hash) =>
        (Rows, Places, Counts, Hash) = (rows, places, counts, hash);

    /// <summary>The rows, in the order of the files.</summary>
    public IReadOnlyList<TokenRow> Rows { get; }

    /// <summary>For each row where its example stands.</summary>
    public IReadOnlyList<RowPlace> Places { get; }

    /// <summary>What became of the examples.</summary>
    public EncodingCounts Counts { get; }

    /// <summary>SHA-256, in hexadecimal, of all tokens and of which are trained: what a plan stands on.</summary>
    public string Hash { get; }

    /// <summary>The same rows under other labels; the hash stays that of the rows as they were read.</summary>
    /// <param name="name">The new label of an old one.</param>
    internal EncodedData WithLabels(Func<string, string> name) =>
        new([.. Rows.Select(row => row.Label is { } label ? row with { Label = name(label) } : row)], Places, Counts, Hash);
}
