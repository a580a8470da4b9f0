namespace Attune.Text.ChatTemplates;

/// <summary>Finds a text in another. What a search compares in vain is charged, so that no pair of texts makes it slow.</summary>
internal static class TextSearch
{
    private const int Anchor = 4;

    /// <summary>The first place at or after <paramref name="from"/>, in UTF-16 units; -1 where there is none.</summary>
    public static int Find(Run run, string text, string part, int from)
    {
        string start = part.Length > Anchor ? part[..Anchor] : part;
        for (int at = from; at <= text.Length; at++)
        {
            int found = text.IndexOf(start, at, StringComparison.Ordinal);
            run.Budget.Step(((found < 0 ? text.Length : found) - at) / 64);
            if (found < 0 || Matches(run, text, part, found))
            {
                return found;
            }

            at = found;
        }

        return -1;
    }

    /// <summary>The last place that ends at or before <paramref name="end"/>; -1 where there is none.</summary>
    public static int FindLast(Run run, string text, string part, int end)
    {
        string start = part.Length > Anchor ? part[..Anchor] : part;
        for (int at = end - part.Length; at >= 0; at--)
        {
            int found = text.AsSpan(0, at + start.Length).LastIndexOf(start, StringComparison.Ordinal);
            run.Budget.Step((at - Math.Max(found, 0)) / 64);
            if (found < 0 || Matches(run, text, part, found))
            {
                return found;
            }

            at = found;
        }

        return -1;
    }

    private static bool Matches(Run run, string text, string part, int at)
    {
        if (part.Length <= Anchor)
        {
            return true;
        }

        int common = text.AsSpan(at).CommonPrefixLength(part);
        run.Budget.Step(1 + (common / 64));
        return common == part.Length;
    }
}
