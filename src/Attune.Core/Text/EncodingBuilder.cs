namespace Attune.Text;

/// <summary>An encoding in the making: what the parts of the pipeline hand on.</summary>
internal sealed class EncodingBuilder
{
    public List<int> Ids { get; private init; } = [];

    public List<string> Tokens { get; private init; } = [];

    public List<TextRange> Offsets { get; private init; } = [];

    public List<int?> WordIds { get; private init; } = [];

    public List<int> TypeIds { get; private init; } = [];

    public List<int?> SequenceIds { get; private init; } = [];

    public List<int> SpecialTokensMask { get; private init; } = [];

    public List<int> AttentionMask { get; private init; } = [];

    public List<EncodingBuilder> Overflowing { get; private set; } = [];

    public int Count => Ids.Count;

    /// <summary>Adds a token of a text.</summary>
    public void Add(int id, string token, TextRange offsets, int word, int sequence)
    {
        Ids.Add(id);
        Tokens.Add(token);
        Offsets.Add(offsets);
        WordIds.Add(word);
        TypeIds.Add(sequence);
        SequenceIds.Add(sequence);
        SpecialTokensMask.Add(0);
        AttentionMask.Add(1);
    }

    /// <summary>Tokens that stand for nothing in a text.</summary>
    public static EncodingBuilder OfSpecial(IReadOnlyList<int> ids, IReadOnlyList<string> tokens, int typeId, bool attended = true)
    {
        var made = new EncodingBuilder();
        for (int i = 0; i < ids.Count; i++)
        {
            made.Ids.Add(ids[i]);
            made.Tokens.Add(tokens[i]);
            made.Offsets.Add(default);
            made.WordIds.Add(null);
            made.TypeIds.Add(typeId);
            made.SequenceIds.Add(null);
            made.SpecialTokensMask.Add(1);
            made.AttentionMask.Add(attended ? 1 : 0);
        }

        return made;
    }

    /// <summary>Sets the segment of all tokens.</summary>
    public void SetTypeIds(int typeId)
    {
        for (int i = 0; i < Count; i++)
        {
            TypeIds[i] = typeId;
        }
    }

    /// <summary>A stretch of the tokens, without what overflows.</summary>
    public EncodingBuilder Slice(int start, int end)
    {
        int count = end - start;
        return new EncodingBuilder
        {
            Ids = Ids.GetRange(start, count),
            Tokens = Tokens.GetRange(start, count),
            Offsets = Offsets.GetRange(start, count),
            WordIds = WordIds.GetRange(start, count),
            TypeIds = TypeIds.GetRange(start, count),
            SequenceIds = SequenceIds.GetRange(start, count),
            SpecialTokensMask = SpecialTokensMask.GetRange(start, count),
            AttentionMask = AttentionMask.GetRange(start, count),
        };
    }

    /// <summary>
    /// Encodings one after the other. What overflows of one is combined with each of the others, and with what overflows of them.
    /// </summary>
    public static EncodingBuilder Concatenate(IReadOnlyList<EncodingBuilder> encodings)
    {
        if (encodings.Count == 1)
        {
            return encodings[0];
        }

        var joined = new EncodingBuilder();
        foreach (EncodingBuilder encoding in encodings)
        {
            joined.Append(encoding);
        }

        return joined;
    }

    /// <summary>Fills up to a length.</summary>
    public void Pad(int length, Padding padding)
    {
        foreach (EncodingBuilder overflow in Overflowing)
        {
            overflow.Pad(length, padding);
        }

        int missing = length - Count;
        if (missing <= 0)
        {
            return;
        }

        EncodingBuilder fill = OfSpecial(
            Enumerable.Repeat(padding.Id, missing).ToList(), Enumerable.Repeat(padding.Token, missing).ToList(), padding.TypeId, attended: false);
        Insert(padding.Side == Side.Left ? 0 : Count, fill);
    }

    public Encoding Build(string[] texts) => new(
        texts, Ids.ToArray(), Tokens.ToArray(), Offsets.ToArray(), WordIds.ToArray(), TypeIds.ToArray(), SequenceIds.ToArray(),
        SpecialTokensMask.ToArray(), AttentionMask.ToArray(), Overflowing.ConvertAll(overflow => overflow.Build(texts)));

    private void Append(EncodingBuilder other)
    {
        var overflowing = new List<EncodingBuilder>();
        foreach (EncodingBuilder mine in Overflowing)
        {
            overflowing.Add(Joined(mine, other));
            overflowing.AddRange(other.Overflowing.ConvertAll(theirs => Joined(mine, theirs)));
        }

        overflowing.AddRange(other.Overflowing.ConvertAll(theirs => Joined(this, theirs)));
        Insert(Count, other);
        Overflowing = overflowing;
    }

    private static EncodingBuilder Joined(EncodingBuilder first, EncodingBuilder second)
    {
        EncodingBuilder joined = first.Slice(0, first.Count);
        joined.Insert(joined.Count, second);
        return joined;
    }

    private void Insert(int at, EncodingBuilder other)
    {
        Ids.InsertRange(at, other.Ids);
        Tokens.InsertRange(at, other.Tokens);
        Offsets.InsertRange(at, other.Offsets);
        WordIds.InsertRange(at, other.WordIds);
        TypeIds.InsertRange(at, other.TypeIds);
        SequenceIds.InsertRange(at, other.SequenceIds);
        SpecialTokensMask.InsertRange(at, other.SpecialTokensMask);
        AttentionMask.InsertRange(at, other.AttentionMask);
    }
}
