namespace Attune.Data;

/// <summary>What is to be said of the labels that rows have, as labels.</summary>
internal static class LabelNotices
{
    private const int Shown = 5;

    /// <summary>Tells of labels that a reader would take for one: they stay two.</summary>
    /// <param name="notices">Takes what there is to say.</param>
    /// <param name="splits">The rows.</param>
    public static void AddAlike(Notices notices, params IReadOnlyList<EncodedData> splits)
    {
        var counts = new Dictionary<string, (long Rows, RowPlace First)>();
        foreach (var (row, place) in splits.SelectMany(split => split.Rows.Zip(split.Places)).Where(pair => pair.First.Label is not null))
        {
            var (rows, first) = counts.GetValueOrDefault(row.Label!, (0, place));
            counts[row.Label!] = (rows + 1, first);
        }

        var alike = counts.GroupBy(label => LabelSpelling.Fold(label.Key)).Where(group => group.Count() > 1)
            .Select(group => group.OrderByDescending(label => label.Value.Rows).ThenBy(label => label.Key, StringComparer.Ordinal).ToList()).ToList();
        string named = string.Join("; ", alike.Take(Shown).Select(group => string.Join(" and ", group.Select(label => $"{LabelSpelling.Show(label.Key)} ({Words.Count(label.Value.Rows, "row")})"))));
        notices.Add("labels-alike", n => $"labels that differ only by case, white space or the form of their characters are different labels: {named}{(n > Shown ? ", …" : "")}",
            alike.Count == 0 ? null : alike[0][^1].Value.First.ToString(), "spell them alike if they are one label", alike.Count);
    }
}
