namespace Attune.Text;

/// <summary>Which texts of a conversation stand in what a template made of it, letter for letter, each in a place of its own.</summary>
/// <param name="chat">What the template made.</param>
internal sealed class ShownTexts(RenderedChat chat)
{
    private readonly List<TextRange> taken = [];

    /// <summary>Looks for a text among what came from the conversation, where none was found before, and keeps the place.</summary>
    /// <param name="text">The text; not empty.</param>
    /// <returns>Whether there is such a place.</returns>
    public bool Take(string text)
    {
        for (int at = Find(text, 0); at >= 0; at = Find(text, at + 1))
        {
            var place = new TextRange(at, at + text.Length);
            if (!taken.Exists(other => place.Start < other.End && other.Start < place.End))
            {
                taken.Add(place);
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a text stands among what came from the conversation and ends behind a place.</summary>
    /// <param name="text">The text; not empty.</param>
    /// <param name="start">The place.</param>
    public bool Has(string text, int start) => Find(text, Math.Max(0, start - text.Length + 1)) >= 0;

    private int Find(string text, int from)
    {
        for (int at = from; at <= chat.Text.Length - text.Length; at++)
        {
            at = chat.Text.IndexOf(text, at, StringComparison.Ordinal);
            if (at < 0 || IsPlain(at, at + text.Length))
            {
                return at;
            }
        }

        return -1;
    }

    private bool IsPlain(int start, int end)
    {
        int low = 0, high = chat.PlainSpans.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = chat.PlainSpans[middle].End < end ? (middle + 1, high) : (low, middle);
        }

        return low < chat.PlainSpans.Count && chat.PlainSpans[low].Start <= start;
    }
}
