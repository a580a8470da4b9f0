using System.Runtime.InteropServices;

namespace Attune.Text;

/// <summary>An encoding in the making: what the parts of the pipeline hand on.</summary>
internal sealed class EncodingBuilder
{
    // A list of this many tokens and more is not kept for the next text.
    private const int MostKept = 1 << 18;

    [ThreadStatic]
    private static List<EncodedToken>? spare;

    private readonly List<EncodedToken> tokens;

    /// <summary>An empty one.</summary>
    /// <param name="capacity">About how many tokens it will have.</param>
    public EncodingBuilder(int capacity = 0) => tokens = new List<EncodedToken>(capacity);

    private EncodingBuilder(List<EncodedToken> tokens) => this.tokens = tokens;

    /// <summary>An empty one of a text, with the list that this thread's last text filled.</summary>
    public static EncodingBuilder Rent(string text)
    {
        var rented = new EncodingBuilder(spare ?? []) { Text = text };
        spare = null;
        return rented;
    }

    /// <summary>The text that all of its offsets are of; empty where there is none, or more than one.</summary>
    public string Text { get; private init; } = "";

    public List<EncodingBuilder> Overflowing { get; private set; } = [];

    public int Count => tokens.Count;

    public EncodedToken this[int index] => tokens[index];

    /// <summary>Adds a token of a text.</summary>
    public void Add(int id, string token, bool isSpelledAlike, TextRange offsets, int word, int sequence) =>
        tokens.Add(new EncodedToken(id, token, isSpelledAlike, new TokenPlace(offsets, word, sequence, (sbyte)sequence, IsAttended: true)));

    /// <summary>Tokens that stand for nothing in a text.</summary>
    public static EncodingBuilder OfSpecial(IReadOnlyList<int> ids, IReadOnlyList<string> tokens, int typeId, bool attended = true)
    {
        var made = new EncodingBuilder(ids.Count);
        for (int i = 0; i < ids.Count; i++)
        {
            made.tokens.Add(new EncodedToken(ids[i], tokens[i], false, new TokenPlace(default, -1, typeId, -1, attended)));
        }

        return made;
    }

    /// <summary>Sets the segment of all tokens.</summary>
    public void SetTypeIds(int typeId)
    {
        foreach (ref EncodedToken token in CollectionsMarshal.AsSpan(tokens))
        {
            if (token.Place.TypeId != typeId)
            {
                token = token with { Place = token.Place with { TypeId = typeId } };
            }
        }
    }

    /// <summary>Sets the stretch that a token stands for.</summary>
    public void SetOffsets(int index, TextRange offsets) =>
        tokens[index] = tokens[index] with { Place = tokens[index].Place with { Offsets = offsets } };

    /// <summary>A stretch of the tokens, without what overflows.</summary>
    public EncodingBuilder Slice(int start, int end) => new(tokens.GetRange(start, end - start)) { Text = Text };

    /// <summary>
    /// Encodings one after the other. What overflows of one is combined with each of the others, and with what overflows of them.
    /// </summary>
    public static EncodingBuilder Concatenate(IReadOnlyList<EncodingBuilder> encodings)
    {
        if (encodings.Count == 1)
        {
            return encodings[0];
        }

        var joined = new EncodingBuilder(encodings.Sum(encoding => encoding.Count));
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

    /// <summary>The finished encoding; the builder is not to be used any more.</summary>
    /// <param name="texts">The texts that it is of.</param>
    /// <param name="spelling">How the vocabulary spells an id.</param>
    /// <param name="block">Where its tokens go; null: into a block of their own.</param>
    public Encoding Build(string[] texts, Func<int, string?> spelling, TokenBlock? block = null)
    {
        ReadOnlySpan<EncodedToken> all = CollectionsMarshal.AsSpan(tokens);
        block ??= new TokenBlock(all.Length);
        int start = block.Add(all);
        string[]? spelled = null;
        foreach (ref readonly EncodedToken token in all)
        {
            if (!token.IsSpelledAlike)
            {
                spelled = tokens.ConvertAll(each => each.Token).ToArray();
                break;
            }
        }

        IReadOnlyList<Encoding> overflowing = Overflowing.Count == 0 ? [] : Overflowing.ConvertAll(overflow => overflow.Build(texts, spelling, block));
        var built = new Encoding(texts, block, start, all.Length, spelled, spelling, overflowing);
        if (tokens.Capacity < MostKept)
        {
            tokens.Clear();
            spare = tokens;
        }

        return built;
    }

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

    private void Insert(int at, EncodingBuilder other) => tokens.InsertRange(at, other.tokens);
}
