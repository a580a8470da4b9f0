using Attune.Text;

namespace Attune.Spans;

/// <summary>
/// From a token classifier's scores to entities, as transformers' <c>TokenClassificationPipeline.postprocess</c> makes them, in float32 as there.
/// Where labels have equal scores, the first counts. Threads may share one.
/// </summary>
/// <param name="tokenizer">The tokenizer that made the tokens.</param>
/// <param name="labels">The labels by number (<c>id2label</c>).</param>
public sealed class EntityDecoder(Tokenizer tokenizer, IReadOnlyList<string> labels)
{
    private readonly bool marksPieces = tokenizer.ContinuingSubwordPrefix.Length > 0;

    /// <summary>How tokens become entities.</summary>
    public EntityStrategy Strategy { get; init; } = EntityStrategy.Simple;

    /// <summary>Labels that are no entities: a token's (<c>B-PER</c>) with <see cref="EntityStrategy.None"/>, a group's (<c>PER</c>) otherwise.</summary>
    public IReadOnlyList<string> IgnoreLabels { get; init; } = ["O"];

    /// <summary>The entities of a text.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="windows">Its windows; those that overlap are merged: of two entities in one place the longer stays, or else the surer.</param>
    /// <returns>The entities in the order of the text.</returns>
    /// <exception cref="ArgumentException">A window's lists are not of one length, or a place is not in the text.</exception>
    /// <exception cref="AttuneException">There are several windows, but every token is to be an entity.</exception>
    public IReadOnlyList<TextEntity> Decode(string text, IReadOnlyList<EntityWindow> windows)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(windows);
        if (windows.Count > 1 && Strategy == EntityStrategy.None)
        {
            throw new AttuneException(ExitCode.Usage, null, "tokens of overlapping windows cannot be merged one by one", "choose another strategy than none");
        }

        List<TextEntity> entities = [.. windows.SelectMany(window => InWindow(text, window)).Where(entity => !IgnoreLabels.Contains(entity.Label))];
        return windows.Count > 1 ? OverlappingEntities.Merge(entities) : entities;
    }

    private IEnumerable<TextEntity> InWindow(string text, EntityWindow window)
    {
        List<Piece> pieces = Pieces(text, window);
        List<TextEntity> entities = Strategy is EntityStrategy.None or EntityStrategy.Simple ? pieces.ConvertAll(OfPiece) : Words(pieces).ConvertAll(OfWord);
        return Strategy == EntityStrategy.None ? entities : Groups(entities).Select(OfGroup);
    }

    // transformers' gather_pre_entities.
    private List<Piece> Pieces(string text, EntityWindow window)
    {
        int count = window.Ids.Count;
        bool isWhole = window.Tokens.Count == count && window.Offsets.Count == count && window.SpecialTokensMask.Count == count;
        if (!isWhole || window.Logits.Length != count * labels.Count)
        {
            throw new ArgumentException($"a window of {Attune.Words.Count(count, "token")} needs as many of everything, and a score for each label", nameof(window));
        }

        var pieces = new List<Piece>(count);
        for (int token = 0; token < count; token++)
        {
            if (window.SpecialTokensMask[token] != 0)
            {
                continue;
            }

            TextRange range = window.Offsets[token];
            if (range.Start < 0 || range.End < range.Start || range.End > text.Length)
            {
                throw new ArgumentException($"token {token} is not in the text", nameof(window));
            }

            bool isUnknown = window.Ids[token] == tokenizer.UnknownTokenId;
            string word = isUnknown ? text[range.Start..range.End] : window.Tokens[token];
            float[] scores = Softmax.Of(window.Logits.Span.Slice(token * labels.Count, labels.Count));
            pieces.Add(new Piece(word, scores, range, token, !isUnknown && GoesOn(text, range, word)));
        }

        return pieces;
    }

    // Whether a token goes on with the word before it: by its mark, which makes it longer than its text, or else by the spaces around.
    private bool GoesOn(string text, TextRange range, string word)
    {
        if (marksPieces)
        {
            return CodePoints.Count(word) != CodePoints.Count(text.AsSpan(range.Start, range.End - range.Start));
        }

        int first = Math.Min(range.Start + 1, text.Length);
        return range.Start > 0 && !text.AsSpan(range.Start - 1, first - range.Start + 1).Contains(' ');
    }

    private TextEntity OfPiece(Piece piece)
    {
        int best = Best(piece.Scores);
        return new TextEntity(labels[best], piece.Scores[best], piece.Word, piece.Range, piece.Index);
    }

    private static List<List<Piece>> Words(List<Piece> pieces)
    {
        var words = new List<List<Piece>>();
        foreach (Piece piece in pieces)
        {
            if (words.Count == 0 || !piece.GoesOn)
            {
                words.Add([]);
            }

            words[^1].Add(piece);
        }

        return words;
    }

    private TextEntity OfWord(List<Piece> word)
    {
        float[] scores = Strategy switch
        {
            EntityStrategy.First => word[0].Scores,
            EntityStrategy.Max => word.MaxBy(piece => piece.Scores.Max())!.Scores,
            _ => [.. Enumerable.Range(0, labels.Count).Select(label => word.Average(piece => piece.Scores[label]))],
        };
        int best = Best(scores);
        return new TextEntity(labels[best], scores[best], Joined(word.Select(piece => piece.Word)), new TextRange(word[0].Range.Start, word[^1].Range.End), null);
    }

    // transformers' group_entities: a label without B- or I- goes on with its own kind.
    private static List<List<TextEntity>> Groups(List<TextEntity> entities)
    {
        var groups = new List<List<TextEntity>>();
        foreach (TextEntity entity in entities)
        {
            bool begins = entity.Label.StartsWith("B-", StringComparison.Ordinal);
            if (groups.Count == 0 || begins || Tag(entity.Label) != Tag(groups[^1][^1].Label))
            {
                groups.Add([]);
            }

            groups[^1].Add(entity);
        }

        return groups;
    }

    // What a group is called is what stands after the first hyphen, whatever stands before it.
    private TextEntity OfGroup(List<TextEntity> group) => new(
        group[0].Label[(group[0].Label.IndexOf('-', StringComparison.Ordinal) + 1)..], group.Average(entity => entity.Score),
        Joined(group.Select(entity => entity.Word)), new TextRange(group[0].Range.Start, group[^1].Range.End), null);

    private string Joined(IEnumerable<string> words) => tokenizer.Join([.. words]);

    private static string Tag(string label) =>
        label.StartsWith("B-", StringComparison.Ordinal) || label.StartsWith("I-", StringComparison.Ordinal) ? label[2..] : label;

    private static int Best(float[] scores) => Array.IndexOf(scores, scores.Max());

    private sealed record Piece(string Word, float[] Scores, TextRange Range, int Index, bool GoesOn);
}
