namespace Attune.Text.SentencePieces;

/// <summary>Cuts normalized text into pieces; one object serves any number of threads.</summary>
internal interface ISegmenter
{
    /// <summary>Appends the pieces, in order, that the whole text is cut into.</summary>
    /// <param name="text">The text; not empty.</param>
    /// <param name="segments">Where the pieces go.</param>
    void Segment(ReadOnlySpan<char> text, List<Segment> segments);
}

/// <summary>A stretch of text, in UTF-16 units, and the id of its piece: that of the unknown where it is none.</summary>
internal readonly record struct Segment(int Start, int End, int Id);
