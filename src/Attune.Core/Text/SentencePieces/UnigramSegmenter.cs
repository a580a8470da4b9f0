using Attune.Text.Models;

namespace Attune.Text.SentencePieces;

/// <summary>
/// The pieces whose log probabilities add up to the most. Sums are kept in 32 bits, as SentencePiece keeps them: where two ways are nearly
/// as good, its rounding decides.
/// </summary>
internal sealed class UnigramSegmenter : ISegmenter
{
    private const float UnknownPenalty = 10;
    private const float UserDefinedDiscount = 0.1f;

    private readonly PieceTable pieces;
    private readonly SentencePieceModel model;
    private readonly PieceTrie trie = new();
    private readonly float unknownScore;

    // The smallest positive normal number: where SentencePiece's search for the largest score begins.
    private readonly float largestScore = 1.17549435e-38f;

    public UnigramSegmenter(SentencePieceModel model, PieceTable pieces)
    {
        (this.model, this.pieces) = (model, pieces);
        float smallest = float.MaxValue;
        for (int id = 0; id < model.Pieces.Count; id++)
        {
            SentencePieceModel.Piece piece = model.Pieces[id];
            if (piece.Type == PieceType.Normal)
            {
                smallest = Math.Min(smallest, piece.Score);
                largestScore = Math.Max(largestScore, piece.Score);
            }

            if (pieces.IsText(id))
            {
                trie.Add(piece.Text, id);
            }
        }

        unknownScore = smallest - UnknownPenalty;
    }

    public void Segment(ReadOnlySpan<char> text, List<Segment> segments)
    {
        var best = new Node[text.Length + 1];
        Array.Fill(best, new Node(-1, 0, -1));
        for (int at = 0; at < text.Length;)
        {
            int length = CodePoints.LengthAt(text, at);
            if (!Extend(text, at, length, best))
            {
                Offer(best, at, at + length, pieces.UnknownId, unknownScore);
            }

            at += length;
        }

        int first = segments.Count;
        for (int end = text.Length; end > 0; end = best[end].Start)
        {
            segments.Add(new Segment(best[end].Start, end, best[end].Id));
        }

        segments.Reverse(first, segments.Count - first);
    }

    // All pieces that begin at a place; true where one of them is the single character there.
    private bool Extend(ReadOnlySpan<char> text, int at, int length, Node[] best)
    {
        bool single = false;
        int node = PieceTrie.Root;
        for (int end = at; end < text.Length && trie.Next(ref node, text[end], out int id);)
        {
            end++;
            if (id < 0 || pieces.IsUnused(id))
            {
                continue;
            }

            // A user's piece counts for more than any other way to spell it.
            float score = model.Pieces[id].Type == PieceType.UserDefined
                ? (System.Text.Encoding.UTF8.GetByteCount(text[at..end]) * largestScore) - UserDefinedDiscount : model.Pieces[id].Score;
            Offer(best, at, end, id, score);
            single |= end == at + length;
        }

        return single;
    }

    private static void Offer(Node[] best, int start, int end, int id, float score)
    {
        score += best[start].Score;
        if (best[end].Start < 0 || score > best[end].Score)
        {
            best[end] = new Node(start, score, id);
        }
    }

    private readonly record struct Node(int Start, float Score, int Id);
}
