using Attune.Text.Normalizers;
using FormatException = Attune.Formats.FormatException;

namespace Attune.Text;

/// <summary>The tokens added to a model's vocabulary, and how a text is cut at them.</summary>
internal sealed class AddedTokens
{
    private readonly Dictionary<int, AddedToken> byId = [];
    private readonly Dictionary<string, AddedToken> byContent = new(StringComparer.Ordinal);
    private readonly Dictionary<int, string> decodedAs = [];
    private readonly INormalizer? normalizer;
    private readonly AddedTokenMatcher? inText;
    private readonly AddedTokenMatcher? inNormalized;

    public AddedTokens(IEnumerable<AddedToken> tokens, Vocabulary vocabulary, INormalizer? normalizer, string file)
    {
        this.normalizer = normalizer;
        var spellings = new List<(string, AddedToken)>();
        foreach (AddedToken token in tokens)
        {
            if (token.Content.Length == 0)
            {
                continue;
            }

            int known = vocabulary.IdOf(token.Content);
            if (known >= 0 && known != token.Id)
            {
                throw new FormatException(file, -1, $"added token \"{token.Content}\" has id {token.Id}, but {known} in the vocabulary");
            }

            if (byContent.TryGetValue(token.Content, out AddedToken? twin) && twin.Id != token.Id)
            {
                throw new FormatException(file, -1, $"added token \"{token.Content}\" comes twice, with ids {twin.Id} and {token.Id}");
            }

            byContent[token.Content] = token;
            byId[token.Id] = token;
        }

        foreach (AddedToken token in byContent.Values)
        {
            string spelling = token.Normalized && normalizer is not null
                ? normalizer.Normalize(new AlignedText(token.Content)).Span.ToString() : token.Content;
            spellings.Add((spelling, token));
            if (spelling != token.Content)
            {
                decodedAs[token.Id] = spelling;
            }
        }

        inText = Matcher(spellings.Where(spelling => !spelling.Item2.Normalized));
        inNormalized = Matcher(spellings.Where(spelling => spelling.Item2.Normalized));
    }

    public IReadOnlyCollection<AddedToken> All => byContent.Values;

    public AddedToken? Find(int id) => byId.GetValueOrDefault(id);

    public AddedToken? Find(string content) => byContent.GetValueOrDefault(content);

    /// <summary>The token as decoders get it: as it stands in the normalized text.</summary>
    public string? Decoded(int id) => decodedAs.TryGetValue(id, out string? spelling) ? spelling : Find(id)?.Content;

    /// <summary>Cuts a text at added tokens and normalizes what lies between. Special tokens are not found in the plain ranges.</summary>
    public PreTokenizedText Extract(string text, IReadOnlyList<TextRange> plain)
    {
        var pieces = PreTokenizedText.Rent();
        var whole = pieces.NewText(text);
        Cut(inText, whole, plain, (start, end) =>
        {
            AlignedText part = whole;
            if (normalizer is not null)
            {
                part = start == 0 && end == whole.Length ? whole : pieces.NewText(whole.Slice(start, end), start);
                (part, start) = (normalizer.Normalize(part), 0);
                end = part.Length;
            }

            AlignedText normalized = start == 0 && end == part.Length ? part : pieces.NewText(part.Slice(start, end), start);
            Cut(inNormalized, normalized, plain, (from, to) => pieces.Add(new Piece(normalized, from, to, -1)), pieces);
        }, pieces);
        return pieces;
    }

    private static void Cut(
        AddedTokenMatcher? matcher, AlignedText text, IReadOnlyList<TextRange> plain, Action<int, int> rest, PreTokenizedText pieces)
    {
        int from = 0;
        int search = 0;
        while (matcher?.Next(text.Span, search, Accept) is { } found)
        {
            // The search goes on after the token itself: what it strips can be a token again.
            search = found.End;
            int start = found.Token.LStrip ? AddedTokenMatcher.SpaceBefore(text.Span, found.Start, Math.Min(from, found.Start)) : found.Start;
            int end = found.Token.RStrip ? AddedTokenMatcher.SpaceAfter(text.Span, found.End) : found.End;
            if (start > from)
            {
                rest(from, start);
            }

            pieces.Add(new Piece(text, start, end, found.Token.Id));
            from = end;
        }

        if (from < text.Length)
        {
            rest(from, text.Length);
        }

        bool Accept(AddedToken token, int start, int end) => !token.Special || !Touches(text.Original(start, end), plain);
    }

    private static bool Touches(TextRange range, IReadOnlyList<TextRange> plain)
    {
        foreach (TextRange other in plain)
        {
            if (other.Start < range.End && range.Start < other.End)
            {
                return true;
            }
        }

        return false;
    }

    private static AddedTokenMatcher? Matcher(IEnumerable<(string, AddedToken)> spellings)
    {
        List<(string, AddedToken)> all = spellings.OrderBy(spelling => spelling.Item2.Id).ToList();
        return all.Count == 0 ? null : new AddedTokenMatcher(all);
    }
}
