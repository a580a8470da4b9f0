namespace Attune;

/// <summary>Finds what somebody probably meant.</summary>
internal static class NearestName
{
    /// <summary>The valid name with the fewest typing errors to the given one; null where none is near.</summary>
    public static string? Of(string name, IEnumerable<string> valid)
    {
        string wanted = Fold(name);
        if (wanted.Length > 100)
        {
            return null;
        }

        return valid.Select(candidate => (candidate, distance: Distance(wanted, Fold(candidate))))
            .Where(pair => pair.distance <= Math.Max(1, (Math.Max(wanted.Length, pair.candidate.Length) + 1) / 3))
            .OrderBy(pair => pair.distance).ThenBy(pair => pair.candidate, StringComparer.Ordinal)
            .Select(pair => pair.candidate).FirstOrDefault();
    }

    /// <summary>Says what may stand there: the nearest name, or all of them.</summary>
    public static string Hint(string name, IReadOnlyCollection<string> valid) =>
        Of(name, valid) is { } nearest ? $"did you mean {nearest}?" : "known are: " + string.Join(", ", valid.Distinct().Order(StringComparer.Ordinal));

    /// <summary>The words that follow an unknown name within a sentence: <c> (did you mean "x"?)</c>; nothing where no name is near.</summary>
    public static string Question(string name, IEnumerable<string> valid) => Of(name, valid) is { } nearest ? $" (did you mean \"{nearest}\"?)" : "";

    private static string Fold(string name) => name.Replace('-', '_').ToLowerInvariant();

    // Insertions, deletions, replacements, and two neighbours exchanged.
    private static int Distance(string a, string b)
    {
        int[,] d = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    d[i, j] = i + j;
                    continue;
                }

                int replaced = d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, replaced);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}
