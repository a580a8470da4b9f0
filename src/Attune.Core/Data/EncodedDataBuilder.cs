using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Attune.Text;

namespace Attune.Data;

/// <summary>Takes a split's examples one by one: cuts their rows, leaves out what trains nothing, counts.</summary>
internal sealed class EncodedDataBuilder(RowEncoder encoder)
{
    private readonly List<TokenRow> _rows = [];
    private readonly List<RowPlace> _places = [];
    private readonly EncodingCounts _counts = new();
    private readonly List<int> _pending = [];           // of concatenated text: what does not yet fill a row
    private RowPlace _pendingPlace;

    /// <summary>The shortest beginning of a row that had to be left out.</summary>
    public int ShortestPrompt { get; private set; } = int.MaxValue;

    public EncodingCounts Counts => _counts;

    /// <summary>How many examples have given a row.</summary>
    public long Examples => _counts.Examples;

    /// <summary>Whether an example's rows, as the encoder gave them, leave something to train.</summary>
    public bool Keeps(Example example, IReadOnlyList<TokenRow> rows) => example switch
    {
        LabelledText => true,
        PlainText => encoder.Options.TextPacking != TextPacking.ByDocument || rows.Any(row => row.Ids.Length > 1),
        _ => rows.Any(row => Array.IndexOf(row.Trained, true) is >= 0 and int first && first < encoder.Options.MaxTokens),
    };

    /// <summary>Takes an example's rows, as the encoder gave them.</summary>
    public void Add(Example example, IReadOnlyList<TokenRow> rows)
    {
        long before = _counts.Rows;
        bool kept = false;
        if (rows.All(row => row.Label is null && !row.Trained.Contains(true)))
        {
            _counts.Untrained++;
            return;
        }

        foreach (TokenRow row in rows)
        {
            if (example is LabelledText labelled)
            {
                AddLabelled(row, labelled);
            }
            else if (example is not PlainText)
            {
                AddTruncated(row, example.Place);
            }
            else if (encoder.Options.TextPacking == TextPacking.ByDocument)
            {
                AddChunks(row.Ids, example.Place);
            }
            else
            {
                _pendingPlace = _pending.Count == 0 ? example.Place : _pendingPlace;
                _pending.AddRange(row.Ids);
                AddFullChunks(example.Place);
                kept = true;
            }
        }

        _counts.Examples += kept || _counts.Rows > before ? 1 : 0;
    }

    public EncodedData Build()
    {
        AddChunks([.. _pending], _pendingPlace);
        _pending.Clear();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (TokenRow row in _rows)
        {
            hash.AppendData(BitConverter.GetBytes(row.Ids.Length));
            hash.AppendData(MemoryMarshal.AsBytes(row.Ids.AsSpan()));
            hash.AppendData(MemoryMarshal.AsBytes(row.Trained.AsSpan()));
            hash.AppendData(MemoryMarshal.AsBytes(row.TypeIds.AsSpan()));
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(row.Label ?? ""));
        }

        return new EncodedData(_rows, _places, _counts, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private void AddLabelled(TokenRow row, LabelledText example)
    {
        if (row.Ids.Length > encoder.Options.MaxTokens)
        {
            var cut = encoder.EncodeText(example.Text, example.TextPair, example.Label);
            _counts.Truncated++;
            _counts.TokensCut += row.Ids.Length - cut.Ids.Length;
            row = cut;
        }

        AddRow(row, example.Place);
    }

    // Tokens are whole: cutting between two of them never leaves half a special token.
    private void AddTruncated(TokenRow row, RowPlace place)
    {
        int most = encoder.Options.MaxTokens;
        if (row.Ids.Length > most)
        {
            int first = Array.IndexOf(row.Trained, true);
            if (first < 0 || first >= most)
            {
                _counts.TooLong += first < 0 ? 0 : 1;
                ShortestPrompt = first < 0 ? ShortestPrompt : Math.Min(ShortestPrompt, first);
                return;
            }

            _counts.Truncated++;
            _counts.TokensCut += row.Ids.Length - most;
            row = new TokenRow(row.Ids[..most], row.Trained[..most]);
        }

        AddRow(row, place);
    }

    private void AddFullChunks(RowPlace place)
    {
        int most = encoder.Options.MaxTokens, start = 0;
        for (; _pending.Count - start >= most; start += most)
        {
            AddChunks([.. _pending.GetRange(start, most)], _pendingPlace);
            _pendingPlace = place;
        }

        _pending.RemoveRange(0, start);
    }

    private void AddChunks(int[] ids, RowPlace place)
    {
        foreach (int[] chunk in ids.Chunk(encoder.Options.MaxTokens))
        {
            // Nothing comes before a row's first token to tell it from; a row of one token teaches nothing.
            if (chunk.Length > 1)
            {
                bool[] trained = new bool[chunk.Length];
                trained.AsSpan(1).Fill(true);
                AddRow(new TokenRow(chunk, trained), place);
            }
        }
    }

    private void AddRow(TokenRow row, RowPlace place)
    {
        int trained = row.Label is null ? row.Trained.Count(true) : row.Predictions;
        if (trained == 0)
        {
            return;
        }

        _rows.Add(row);
        _places.Add(place);
        _counts.Rows++;
        _counts.Tokens += row.Ids.Length;
        _counts.TrainedTokens += trained;
        _counts.LongestRow = Math.Max(_counts.LongestRow, row.Ids.Length);
        for (int i = 0; i < row.Ids.Length; i++)
        {
            if (row.Trained[i] && encoder.EndTokens.Contains(row.Ids[i]))
            {
                _counts.EndTrained++;
                break;
            }
        }
    }
}
