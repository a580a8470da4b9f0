namespace Attune.Text.SentencePieces;

/// <summary>
/// Characters merge, the pair whose result has the highest score first, the leftmost of equals. What merged into an unused piece is taken
/// apart again.
/// </summary>
internal sealed class BpeSegmenter(PieceTable pieces) : ISegmenter
{
    public void Segment(ReadOnlySpan<char> text, List<Segment> segments)
    {
        List<Symbol> symbols = Split(text);
        var agenda = new PriorityQueue<Pair, Pair>(Comparer<Pair>.Create(Pair.Compare));
        var undo = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int right = 1; right < symbols.Count; right++)
        {
            Offer(text, symbols, right - 1, right, agenda, undo);
        }

        while (agenda.TryDequeue(out Pair pair, out _))
        {
            (Symbol left, Symbol right) = (symbols[pair.Left], symbols[pair.Right]);
            if (left.Length == 0 || right.Length == 0 || left.Length + right.Length != pair.Length)
            {
                continue;
            }

            symbols[pair.Left] = left with { Length = pair.Length, Next = right.Next };
            symbols[pair.Right] = right with { Length = 0 };
            if (right.Next >= 0)
            {
                symbols[right.Next] = symbols[right.Next] with { Previous = pair.Left };
                Offer(text, symbols, pair.Left, right.Next, agenda, undo);
            }

            if (left.Previous >= 0)
            {
                Offer(text, symbols, left.Previous, pair.Left, agenda, undo);
            }
        }

        for (int i = 0; i >= 0; i = symbols[i].Next)
        {
            TakeApart(text, symbols[i].Start, symbols[i].Start + symbols[i].Length, undo, segments);
        }
    }

    private List<Symbol> Split(ReadOnlySpan<char> text)
    {
        var symbols = new List<Symbol>(text.Length);
        for (int at = 0; at < text.Length;)
        {
            int length = pieces.FirstSymbol(text[at..], out bool isFixed);
            bool isLast = at + length == text.Length;
            symbols.Add(new Symbol(at, length, symbols.Count - 1, isLast ? -1 : symbols.Count + 1, isFixed));
            at += length;
        }

        return symbols;
    }

    private void Offer(
        ReadOnlySpan<char> text, List<Symbol> symbols, int left, int right, PriorityQueue<Pair, Pair> agenda, Dictionary<string, int> undo)
    {
        (Symbol first, Symbol second) = (symbols[left], symbols[right]);
        if (first.IsFixed || second.IsFixed)
        {
            return;
        }

        ReadOnlySpan<char> piece = text.Slice(first.Start, first.Length + second.Length);
        int id = pieces.Vocabulary.IdOf(piece);
        if (id < 0 || !pieces.IsText(id))
        {
            return;
        }

        var pair = new Pair(left, right, pieces.ScoreOf(id), piece.Length);
        agenda.Enqueue(pair, pair);
        if (pieces.IsUnused(id))
        {
            undo[piece.ToString()] = first.Length;
        }
    }

    private void TakeApart(ReadOnlySpan<char> text, int start, int end, Dictionary<string, int> undo, List<Segment> segments)
    {
        var open = new Stack<(int Start, int End)>([(start, end)]);
        while (open.TryPop(out (int Start, int End) stretch))
        {
            ReadOnlySpan<char> piece = text[stretch.Start..stretch.End];
            int id = pieces.IdOf(piece);
            if (pieces.IsUnused(id) && undo.TryGetValue(piece.ToString(), out int left))
            {
                open.Push((stretch.Start + left, stretch.End));
                open.Push((stretch.Start, stretch.Start + left));
            }
            else
            {
                segments.Add(new Segment(stretch.Start, stretch.End, id));
            }
        }
    }

    private readonly record struct Symbol(int Start, int Length, int Previous, int Next, bool IsFixed);

    private readonly record struct Pair(int Left, int Right, float Score, int Length)
    {
        public static int Compare(Pair one, Pair other) => one.Score != other.Score ? other.Score.CompareTo(one.Score) : one.Left.CompareTo(other.Left);
    }
}
