namespace Attune.Text.Patterns;

/// <summary>The stretches of a text, in order, as a pattern finds them.</summary>
internal sealed class MatchList
{
    private Match[] items = new Match[64];
    private int count;

    public ReadOnlySpan<Match> Span => items.AsSpan(0, count);

    private int End => count == 0 ? 0 : items[count - 1].End;

    public void Clear() => count = 0;

    /// <summary>Adds a match, and what lies between it and the one before.</summary>
    public void Add(int start, int end)
    {
        Finish(start);
        Push(new Match(start, end, true));
    }

    /// <summary>Adds what lies after the last match.</summary>
    public void Finish(int length)
    {
        if (End < length)
        {
            Push(new Match(End, length, false));
        }
    }

    private void Push(Match match)
    {
        if (count == items.Length)
        {
            Array.Resize(ref items, count * 2);
        }

        items[count++] = match;
    }
}
