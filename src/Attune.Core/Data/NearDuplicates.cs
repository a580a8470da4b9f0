namespace Attune.Data;

/// <summary>Two texts that say nearly the same.</summary>
/// <param name="First">Index of the one.</param>
/// <param name="Second">Index of the other.</param>
/// <param name="Similarity">The share of runs of words that they have in common, of all that either has: from the threshold to 1.</param>
public readonly record struct NearDuplicate(int First, int Second, double Similarity);

/// <summary>
/// Finds texts that are nearly equal: those whose sets of shingles (runs of consecutive words; case and punctuation do not count)
/// overlap by at least a threshold (Jaccard's index). The result is exact, not estimated: of every text only the rarest shingles are
/// looked up, as many as two sets that reach the threshold cannot all differ in.
/// </summary>
public static class NearDuplicates
{
    /// <summary>How many texts of one set have a near duplicate in another.</summary>
    /// <param name="texts">The set that is counted.</param>
    /// <param name="others">The set that is looked through.</param>
    /// <param name="threshold">The least similarity; above 0, at most 1.</param>
    /// <param name="words">Words of a shingle; at least 1. A text of fewer words is one shingle.</param>
    public static int Count(IReadOnlyList<string> texts, IReadOnlyList<string> others, double threshold = 0.5, int words = 3) =>
        Find(texts, others, threshold, words).Select(pair => pair.First).Distinct().Count();

    /// <summary>How many texts of a set are near duplicates of an earlier one in it.</summary>
    /// <param name="texts">The set.</param>
    /// <param name="threshold">The least similarity; above 0, at most 1.</param>
    /// <param name="words">Words of a shingle; at least 1.</param>
    public static int Count(IReadOnlyList<string> texts, double threshold = 0.5, int words = 3) =>
        Find(texts, threshold, words).Select(pair => pair.Second).Distinct().Count();

    /// <summary>All near duplicates across two sets.</summary>
    /// <param name="texts">Where <see cref="NearDuplicate.First"/> points to.</param>
    /// <param name="others">Where <see cref="NearDuplicate.Second"/> points to.</param>
    /// <param name="threshold">The least similarity; above 0, at most 1.</param>
    /// <param name="words">Words of a shingle; at least 1.</param>
    public static IEnumerable<NearDuplicate> Find(IReadOnlyList<string> texts, IReadOnlyList<string> others, double threshold = 0.5, int words = 3)
    {
        Check(threshold, words);
        ulong[][] sets = [.. texts.Concat(others).Select(text => Shingles(text, words))];
        SortByRarity(sets);
        var index = new PrefixIndex(threshold);
        for (int i = texts.Count; i < sets.Length; i++)
        {
            index.Add(sets[i], i - texts.Count);
        }

        for (int i = 0; i < texts.Count; i++)
        {
            foreach (var (other, similarity) in index.Find(sets[i]))
            {
                yield return new NearDuplicate(i, other, similarity);
            }
        }
    }

    /// <summary>All near duplicates within a set, the earlier one first.</summary>
    /// <param name="texts">The set.</param>
    /// <param name="threshold">The least similarity; above 0, at most 1.</param>
    /// <param name="words">Words of a shingle; at least 1.</param>
    public static IEnumerable<NearDuplicate> Find(IReadOnlyList<string> texts, double threshold = 0.5, int words = 3)
    {
        Check(threshold, words);
        ulong[][] sets = [.. texts.Select(text => Shingles(text, words))];
        SortByRarity(sets);
        var index = new PrefixIndex(threshold);
        for (int i = 0; i < sets.Length; i++)
        {
            foreach (var (other, similarity) in index.Find(sets[i]))
            {
                yield return new NearDuplicate(other, i, similarity);
            }

            index.Add(sets[i], i);
        }
    }

    private static void Check(double threshold, int words)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(words, 1);
        if (!(threshold > 0 && threshold <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "must be above 0 and at most 1");
        }
    }

    // The set of hashes of all runs of words; none for a text without a letter or digit.
    private static ulong[] Shingles(string text, int words)
    {
        var hashes = new List<ulong>();
        ulong hash = 0;
        foreach (char c in text)
        {
            if (char.IsLetterOrDigit(c))
            {
                hash = Step(hash == 0 ? 14695981039346656037 : hash, char.ToLowerInvariant(c));
            }
            else if (hash != 0 && c is not ('\'' or '’'))
            {
                hashes.Add(hash);
                hash = 0;
            }
        }

        if (hash != 0)
        {
            hashes.Add(hash);
        }

        var runs = new HashSet<ulong>();
        int length = Math.Min(words, hashes.Count);
        for (int i = 0; i + length <= hashes.Count && length > 0; i++)
        {
            ulong run = 14695981039346656037;
            for (int j = i; j < i + length; j++)
            {
                run = Step(run, hashes[j]);
            }

            runs.Add(run);
        }

        return [.. runs];
    }

    // FNV-1a, a value at a time.
    private static ulong Step(ulong hash, ulong value) => unchecked((hash ^ value) * 1099511628211) is var next && next != 0 ? next ^ (next >> 29) : 1;

    private static void SortByRarity(ulong[][] sets)
    {
        var counts = new Dictionary<ulong, int>();
        foreach (ulong shingle in sets.SelectMany(set => set))
        {
            counts[shingle] = counts.GetValueOrDefault(shingle) + 1;
        }

        foreach (ulong[] set in sets)
        {
            Array.Sort(set, (a, b) => counts[a] != counts[b] ? counts[a].CompareTo(counts[b]) : a.CompareTo(b));
        }
    }

    /// <summary>Sets by their rarest elements.</summary>
    private sealed class PrefixIndex(double threshold)
    {
        private readonly Dictionary<ulong, List<int>> _where = [];
        private readonly List<(HashSet<ulong> Set, int Id)> _sets = [];

        public void Add(ulong[] set, int id)
        {
            foreach (ulong shingle in Prefix(set))
            {
                if (!_where.TryGetValue(shingle, out List<int>? list))
                {
                    _where[shingle] = list = [];
                }

                list.Add(_sets.Count);
            }

            _sets.Add(([.. set], id));
        }

        public IEnumerable<(int Id, double Similarity)> Find(ulong[] set)
        {
            foreach (int candidate in Prefix(set).SelectMany(shingle => _where.GetValueOrDefault(shingle) ?? []).Distinct().Order())
            {
                var (other, id) = _sets[candidate];
                if (Math.Min(set.Length, other.Count) >= threshold * Math.Max(set.Length, other.Count))
                {
                    int shared = set.Count(other.Contains);
                    double similarity = shared / (double)(set.Length + other.Count - shared);
                    if (similarity >= threshold)
                    {
                        yield return (id, similarity);
                    }
                }
            }
        }

        // Sets of overlap t share at least t times the larger one's elements: among so many of the rarest there is a shared one.
        private ArraySegment<ulong> Prefix(ulong[] set) =>
            new(set, 0, set.Length == 0 ? 0 : set.Length - (int)Math.Ceiling(threshold * set.Length - 1e-9) + 1);
    }
}
