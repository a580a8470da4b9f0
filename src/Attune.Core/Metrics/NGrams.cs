namespace Attune.Metrics;

/// <summary>Runs of n words, as one string each.</summary>
internal static class NGrams
{
    /// <summary>How often each run occurs.</summary>
    public static Dictionary<string, int> Count(IReadOnlyList<string> words, int n)
    {
        Dictionary<string, int> counts = [];
        Add(counts, words, n);
        return counts;
    }

    /// <summary>Adds the runs of a text.</summary>
    public static void Add(Dictionary<string, int> counts, IReadOnlyList<string> words, int n)
    {
        for (int start = 0; start + n <= words.Count; start++)
        {
            // No word has a space in it (white space that is a character of its own stands alone), so that runs stay apart.
            string run = string.Join(' ', words.Skip(start).Take(n));
            counts[run] = counts.GetValueOrDefault(run) + 1;
        }
    }

    /// <summary>How many runs both have, each as often as both have it.</summary>
    public static int Common(Dictionary<string, int> left, Dictionary<string, int> right) =>
        left.Sum(run => Math.Min(run.Value, right.GetValueOrDefault(run.Key)));
}
