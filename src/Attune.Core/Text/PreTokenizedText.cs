using System.Runtime.InteropServices;
using Attune.Text.Normalizers;
using Attune.Text.Patterns;

namespace Attune.Text;

/// <summary>A stretch of a text on its way to tokens: an added token already (<paramref name="TokenId"/> not negative), or still text.</summary>
internal readonly record struct Piece(AlignedText Source, int Start, int End, int TokenId)
{
    /// <summary>The piece's characters.</summary>
    public ReadOnlySpan<char> Text => Source.Slice(Start, End);

    /// <summary>What it stands for in the original.</summary>
    public TextRange Original => Source.Original(Start, End);
}

/// <summary>A text cut into pieces, in order, none empty.</summary>
internal sealed class PreTokenizedText
{
    // Lists of this many pieces and more are not kept for the next text.
    private const int MostKept = 1 << 18;

    [ThreadStatic]
    private static PreTokenizedText? spare;

    private readonly MatchList matches = new();
    private readonly List<AlignedText> texts = [];
    private List<Piece> pieces = [];
    private List<Piece> next = [];
    private int textsUsed;

    /// <summary>Rewrites one piece.</summary>
    public delegate void Rewrite(ref TextRewriter rewriter);

    public ReadOnlySpan<Piece> Pieces => CollectionsMarshal.AsSpan(pieces);

    /// <summary>An empty one: this thread's last, where that was given back. Threads that encode side by side would else wait for the collector most of the time.</summary>
    public static PreTokenizedText Rent()
    {
        PreTokenizedText rented = spare ?? new PreTokenizedText();
        spare = null;
        return rented;
    }

    /// <summary>Gives it back to the next text.</summary>
    public void Return()
    {
        pieces.Clear();
        next.Clear();
        matches.Clear();
        textsUsed = 0;
        spare = pieces.Capacity < MostKept && next.Capacity < MostKept && texts.TrueForAll(text => text.Capacity < MostKept) ? this : null;
    }

    /// <summary>An empty text, which goes back with this.</summary>
    /// <param name="capacity">About how many units it will have.</param>
    public AlignedText NewText(int capacity)
    {
        if (textsUsed == texts.Count)
        {
            texts.Add(new AlignedText(capacity));
        }

        AlignedText text = texts[textsUsed++];
        text.Clear(capacity);
        return text;
    }

    /// <summary>A text that stands for itself, which goes back with this: the original from <paramref name="shift"/> on.</summary>
    public AlignedText NewText(ReadOnlySpan<char> original, int shift = 0)
    {
        AlignedText text = NewText(original.Length);
        text.Fill(original, shift);
        return text;
    }

    public void Add(Piece piece)
    {
        if (piece.End > piece.Start)
        {
            pieces.Add(piece);
        }
    }

    /// <summary>Cuts every piece of text where the pattern says.</summary>
    public void Split(IPattern pattern, SplitBehavior behavior, bool invert = false)
    {
        next.Clear();
        foreach (Piece piece in Pieces)
        {
            if (piece.TokenId >= 0)
            {
                next.Add(piece);
                continue;
            }

            matches.Clear();
            pattern.Find(piece.Text, matches);
            Cut(piece, behavior, invert);
        }

        (pieces, next) = (next, pieces);
    }

    /// <summary>Rewrites every piece of text; what becomes empty is dropped.</summary>
    public void Transform(Rewrite rewrite)
    {
        var output = NewText(Capacity());
        next.Clear();
        foreach (Piece piece in Pieces)
        {
            if (piece.TokenId >= 0)
            {
                next.Add(piece);
                continue;
            }

            int start = output.Length;
            var rewriter = new TextRewriter(piece.Source, piece.Start, piece.End, output);
            rewrite(ref rewriter);
            if (output.Length > start)
            {
                next.Add(new Piece(output, start, output.Length, -1));
            }
        }

        (pieces, next) = (next, pieces);
    }

    /// <summary>Puts <paramref name="prefix"/> before every piece of text that does not begin with it.</summary>
    /// <param name="prefix">What.</param>
    /// <param name="onlyAtStart">Only where the piece begins the text.</param>
    /// <param name="neverAtStart">Not where the piece begins the text.</param>
    public void Prefix(string prefix, bool onlyAtStart = false, bool neverAtStart = false)
    {
        Span<Piece> all = CollectionsMarshal.AsSpan(pieces);
        for (int i = 0; i < all.Length; i++)
        {
            Piece piece = all[i];
            bool isWanted = piece.Original.Start == 0 ? !neverAtStart : !onlyAtStart;
            if (piece.TokenId < 0 && isWanted && !piece.Text.StartsWith(prefix, StringComparison.Ordinal))
            {
                var output = NewText(piece.End - piece.Start + prefix.Length);
                Prepend.Prefix(piece.Source, piece.Start, piece.End, prefix, output);
                all[i] = new Piece(output, 0, output.Length, -1);
            }
        }
    }

    /// <summary>Spells every piece of text out in the byte alphabet.</summary>
    public void SpellBytes()
    {
        var output = NewText(Capacity());
        Span<Piece> all = CollectionsMarshal.AsSpan(pieces);
        for (int i = 0; i < all.Length; i++)
        {
            Piece piece = all[i];
            if (piece.TokenId < 0)
            {
                int start = output.Length;
                ByteAlphabet.Spell(piece.Source, piece.Start, piece.End, output);
                all[i] = new Piece(output, start, output.Length, -1);
            }
        }
    }

    private int Capacity()
    {
        int units = 0;
        foreach (Piece piece in Pieces)
        {
            units += piece.TokenId < 0 ? piece.End - piece.Start : 0;
        }

        return units + 16;
    }

    private void Cut(Piece piece, SplitBehavior behavior, bool invert)
    {
        ReadOnlySpan<Match> found = matches.Span;
        switch (behavior)
        {
            case SplitBehavior.Isolated:
                foreach (Match match in found)
                {
                    Keep(piece, match.Start, match.End);
                }

                break;
            case SplitBehavior.Removed:
                foreach (Match match in found)
                {
                    if (match.IsMatch == invert)
                    {
                        Keep(piece, match.Start, match.End);
                    }
                }

                break;
            case SplitBehavior.Contiguous:
                for (int i = 0; i < found.Length;)
                {
                    int first = i;
                    while (++i < found.Length && found[i].IsMatch == found[first].IsMatch)
                    {
                    }

                    Keep(piece, found[first].Start, found[i - 1].End);
                }

                break;
            case SplitBehavior.MergedWithPrevious:
                MergeWithPrevious(piece, found, invert);
                break;
            default:
                MergeWithNext(piece, found, invert);
                break;
        }
    }

    private void Keep(Piece piece, int start, int end)
    {
        if (end > start)
        {
            next.Add(new Piece(piece.Source, piece.Start + start, piece.Start + end, -1));
        }
    }

    // A match joins the text before it; of several matches in a row only the first does.
    private void MergeWithPrevious(Piece piece, ReadOnlySpan<Match> found, bool invert)
    {
        for (int i = 0; i < found.Length; i++)
        {
            int start = found[i].Start;
            if (found[i].IsMatch == invert && i + 1 < found.Length && found[i + 1].IsMatch != invert)
            {
                i++;
            }

            Keep(piece, start, found[i].End);
        }
    }

    // A match joins the text after it; of several matches in a row only the last does.
    private void MergeWithNext(Piece piece, ReadOnlySpan<Match> found, bool invert)
    {
        for (int i = 0; i < found.Length; i++)
        {
            int start = found[i].Start;
            if (found[i].IsMatch != invert && i + 1 < found.Length && found[i + 1].IsMatch == invert)
            {
                i++;
            }

            Keep(piece, start, found[i].End);
        }
    }
}
