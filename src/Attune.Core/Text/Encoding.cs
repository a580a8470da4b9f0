namespace Attune.Text;

/// <summary>A text, or a pair of texts, as tokens; all lists have one entry a token.</summary>
public sealed class Encoding
{
    internal Encoding(
        string[] texts, int[] ids, string[] tokens, TextRange[] offsets, int?[] wordIds, int[] typeIds, int?[] sequenceIds,
        int[] specialTokensMask, int[] attentionMask, IReadOnlyList<Encoding> overflowing)
    {
        Texts = texts;
        Ids = ids;
        Tokens = tokens;
        Offsets = offsets;
        WordIds = wordIds;
        TypeIds = typeIds;
        SequenceIds = sequenceIds;
        SpecialTokensMask = specialTokensMask;
        AttentionMask = attentionMask;
        Overflowing = overflowing;
    }

    /// <summary>The ids in the vocabulary.</summary>
    public int[] Ids { get; }

    /// <summary>The tokens themselves, as the vocabulary spells them.</summary>
    public string[] Tokens { get; }

    /// <summary>The stretch of its text that each token stands for, in UTF-16 units; (0, 0) for tokens that were added.</summary>
    public TextRange[] Offsets { get; }

    /// <summary>The number of the word (as the pre-tokenizer cuts them) that each token is part of; null for tokens that were added.</summary>
    public int?[] WordIds { get; }

    /// <summary>Which segment the model should take each token for: 0, and 1 for a second text where the tokenizer says so.</summary>
    public int[] TypeIds { get; }

    /// <summary>Which of the texts each token comes from: 0 or 1; null for tokens that were added.</summary>
    public int?[] SequenceIds { get; }

    /// <summary>1 for tokens that the tokenizer added (padding too), 0 for those of the texts.</summary>
    public int[] SpecialTokensMask { get; }

    /// <summary>1 for tokens, 0 for padding.</summary>
    public int[] AttentionMask { get; }

    /// <summary>What truncation cut off, in windows of the same length.</summary>
    public IReadOnlyList<Encoding> Overflowing { get; }

    /// <summary>How many tokens there are.</summary>
    public int Count => Ids.Length;

    internal string[] Texts { get; }

    /// <summary><see cref="Offsets"/> in Unicode code points of the text, as the Python libraries count.</summary>
    public TextRange[] OffsetsInCodePoints()
    {
        int[][] codePoints = Array.ConvertAll(Texts, CodePointAt);
        var ranges = new TextRange[Count];
        for (int i = 0; i < Count; i++)
        {
            ranges[i] = SequenceIds[i] is { } sequence && sequence < codePoints.Length
                ? new TextRange(codePoints[sequence][Offsets[i].Start], codePoints[sequence][Offsets[i].End]) : Offsets[i];
        }

        return ranges;
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
