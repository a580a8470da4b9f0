namespace Attune.Text;

/// <summary>A text, or a pair of texts, as tokens; all lists have one entry a token.</summary>
public sealed class Encoding
{
    private readonly TokenBlock block;
    private readonly int start;
    private readonly Func<int, string?> spelling;

    // Made when they are asked for: most encodings are only read for their ids.
    private int[]? ids;
    private string[]? tokens;
    private TextRange[]? offsets;
    private int?[]? wordIds;
    private int[]? typeIds;
    private int?[]? sequenceIds;
    private int[]? specialTokensMask;
    private int[]? attentionMask;

    internal Encoding(
        string[] texts, TokenBlock block, int start, int count, string[]? tokens, Func<int, string?> spelling, IReadOnlyList<Encoding> overflowing)
    {
        Texts = texts;
        this.block = block;
        this.start = start;
        Count = count;
        this.tokens = tokens;
        this.spelling = spelling;
        Overflowing = overflowing;
    }

    /// <summary>The ids in the vocabulary.</summary>
    public int[] Ids => ids ??= IdSpan.ToArray();

    /// <summary><see cref="Ids"/> where they lie, without an array of their own.</summary>
    public ReadOnlySpan<int> IdSpan => block.Ids(start, Count);

    /// <summary>The tokens themselves, as the vocabulary spells them.</summary>
    public string[] Tokens => tokens ??= Array.ConvertAll(Ids, id => spelling(id)!);

    /// <summary>The stretch of its text that each token stands for, in UTF-16 units; (0, 0) for tokens that were added.</summary>
    public TextRange[] Offsets => offsets ??= OfPlaces(place => place.Offsets);

    /// <summary>The number of the word (as the pre-tokenizer cuts them) that each token is part of; null for tokens that were added.</summary>
    public int?[] WordIds => wordIds ??= OfPlaces(place => place.IsAdded ? (int?)null : place.Word);

    /// <summary>Which segment the model should take each token for: 0, and 1 for a second text where the tokenizer says so.</summary>
    public int[] TypeIds => typeIds ??= OfPlaces(place => place.TypeId);

    /// <summary>Which of the texts each token comes from: 0 or 1; null for tokens that were added.</summary>
    public int?[] SequenceIds => sequenceIds ??= OfPlaces(place => place.IsAdded ? (int?)null : place.Sequence);

    /// <summary>1 for tokens that the tokenizer added (padding too), 0 for those of the texts.</summary>
    public int[] SpecialTokensMask => specialTokensMask ??= OfPlaces(place => place.IsAdded ? 1 : 0);

    /// <summary>1 for tokens, 0 for padding.</summary>
    public int[] AttentionMask => attentionMask ??= OfPlaces(place => place.IsAttended ? 1 : 0);

    /// <summary>What truncation cut off, in windows of the same length.</summary>
    public IReadOnlyList<Encoding> Overflowing { get; }

    /// <summary>How many tokens there are.</summary>
    public int Count { get; }

    internal string[] Texts { get; }

    private ReadOnlySpan<TokenPlace> Places => block.Places(start, Count);

    /// <summary><see cref="Offsets"/> in Unicode code points of the text, as the Python libraries count.</summary>
    public TextRange[] OffsetsInCodePoints()
    {
        int[][] codePoints = Array.ConvertAll(Texts, CodePointAt);
        var ranges = new TextRange[Count];
        ReadOnlySpan<TokenPlace> places = Places;
        for (int i = 0; i < Count; i++)
        {
            (TextRange range, int sequence) = (places[i].Offsets, places[i].Sequence);
            ranges[i] = sequence >= 0 && sequence < codePoints.Length
                ? new TextRange(codePoints[sequence][range.Start], codePoints[sequence][range.End]) : range;
        }

        return ranges;
    }

    private T[] OfPlaces<T>(Func<TokenPlace, T> value)
    {
        var values = new T[Count];
        ReadOnlySpan<TokenPlace> places = Places;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = value(places[i]);
        }

        return values;
    }

    private static int[] CodePointAt(string text)
    {
        int[] codePoints = new int[text.Length + 1];
        int count = 0;
        for (int i = 0; i < text.Length;)
        {
            int length = CodePoints.LengthAt(text, i);
            codePoints[i] = count++;
            if (length == 2)
            {
                codePoints[i + 1] = count;
            }

            i += length;
        }

        codePoints[text.Length] = count;
        return codePoints;
    }
}
