namespace Attune.Text.SentencePieces;

/// <summary>Every word, with the sign for the space before it, is a piece.</summary>
internal sealed class WordSegmenter(PieceTable pieces) : ISegmenter
{
    public void Segment(ReadOnlySpan<char> text, List<Segment> segments)
    {
        for (int at = 0; at < text.Length;)
        {
            int next = text[(at + 1)..].IndexOf('▁');
            int end = next < 0 ? text.Length : at + 1 + next;
            segments.Add(new Segment(at, end, pieces.IdOf(text[at..end])));
            at = end;
        }
    }
}
