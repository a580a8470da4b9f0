namespace Attune.Text;

/// <summary>
/// Where the tokens of finished encodings lie: neighbours in a batch share one. The arrays of each encoding by itself would be copied by
/// the collector, on one thread, twice before they rest; those of a large block are never moved.
/// </summary>
internal sealed class TokenBlock
{
    // A block of this many tokens and more is not kept for the next one to be filled in.
    private const int MostKept = 1 << 18;

    [ThreadStatic]
    private static TokenBlock? spare;

    private int[] ids;
    private TokenPlace[] places;
    private int count;

    /// <summary>An empty block, with room for as many tokens as are foreseen.</summary>
    public TokenBlock(int capacity)
    {
        ids = GC.AllocateUninitializedArray<int>(capacity);
        places = GC.AllocateUninitializedArray<TokenPlace>(capacity);
    }

    public ReadOnlySpan<int> Ids(int start, int length) => ids.AsSpan(start, length);

    public ReadOnlySpan<TokenPlace> Places(int start, int length) => places.AsSpan(start, length);

    /// <summary>Takes tokens in, and says where they begin.</summary>
    public int Add(ReadOnlySpan<EncodedToken> tokens)
    {
        int start = count;
        Reserve(count + tokens.Length);
        Span<int> newIds = ids.AsSpan(start, tokens.Length);
        Span<TokenPlace> newPlaces = places.AsSpan(start, tokens.Length);
        for (int i = 0; i < tokens.Length; i++)
        {
            newIds[i] = tokens[i].Id;
            newPlaces[i] = tokens[i].Place;
        }

        count += tokens.Length;
        return start;
    }

    /// <summary>A block to be filled, of which nobody knows how large it will be; it has the arrays that this thread filled last.</summary>
    public static TokenBlock Begin()
    {
        TokenBlock? last = spare;
        spare = null;
        return last is null ? new TokenBlock(1024) : new TokenBlock(0) { ids = last.ids, places = last.places };
    }

    /// <summary>Ends what <see cref="Begin"/> began: the block takes no more room than its tokens need.</summary>
    public void End()
    {
        var filled = new TokenBlock(0) { ids = ids, places = places };
        ids = GC.AllocateUninitializedArray<int>(count);
        places = GC.AllocateUninitializedArray<TokenPlace>(count);
        filled.Ids(0, count).CopyTo(ids);
        filled.Places(0, count).CopyTo(places);
        spare = filled.ids.Length < MostKept ? filled : null;
    }

    private void Reserve(int needed)
    {
        if (needed > ids.Length)
        {
            int size = Math.Max(needed, ids.Length * 2);
            Array.Resize(ref ids, size);
            Array.Resize(ref places, size);
        }
    }
}
