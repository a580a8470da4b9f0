using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
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

    /// <summary>A sample of the rows, in their order, in which each label has its share; these themselves where there are no more.</summary>
    /// <param name="most">How many rows at most, 1 or more; null: all.</param>
    /// <param name="seed">Another seed draws other rows.</param>
    internal EncodedData Sample(int? most, long seed)
    {
        if (most is not { } count || count >= Rows.Count)
        {
            return this;
        }

        var sample = new RowSample<int>(count, seed);
        for (int i = 0; i < Rows.Count; i++)
        {
            int row = i;
            sample.Offer(Rows[i].Label, ContentOf(Rows[i]), () => (true, row));
        }

        var drawn = sample.Take();
        return new([.. drawn.Select(row => Rows[row])], [.. drawn.Select(row => Places[row])], Counts, Hash);
    }

    private static UInt128 ContentOf(TokenRow row)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(row.Ids.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(row.TypeIds.AsSpan()));
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes(row.Label ?? ""));
        return BinaryPrimitives.ReadUInt128BigEndian(hash.GetHashAndReset());
    }
}
