namespace Attune.Text.SentencePieces;

/// <summary>Every character is a piece, but for what the user defined.</summary>
internal sealed class CharacterSegmenter(PieceTable pieces) : ISegmenter
{
    public void Segment(ReadOnlySpan<char> text, List<Segment> segments)
    {
        for (int at = 0; at < text.Length;)
        {
            int end = at + pieces.FirstSymbol(text[at..], out _);
            segments.Add(new Segment(at, end, pieces.IdOf(text[at..end])));
            at = end;
        }
    }
}
