using Attune.Text;

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
        string named = string.Join("; ", alike.Take(Shown).Select(group =>
            string.Join(" and ", group.Select(label => $"{LabelSpelling.Show(label.Key)} ({Words.Count(label.Value.Rows, "row")})"))));
        notices.Add("labels-alike",
            n => $"labels that differ only by case, white space or the form of their characters are different labels: {named}{(n > Shown ? ", …" : "")}",
            alike.Count == 0 ? null : alike[0][^1].Value.First.ToString(), "spell them alike if they are one label", alike.Count);
    }

    /// <summary>Tells of rows that all have one label: measured, they say nothing of other labels; trained on, they teach to say that one.</summary>
    /// <param name="notices">Takes what there is to say.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="what">What the rows are: <c>training</c>, <c>validation</c>, <c>test</c>, <c>measured</c>.</param>
    public static void AddOneLabel(Notices notices, IReadOnlyList<TokenRow> rows, string what)
    {
        if (rows.Count > 1 && rows[0].Label is { } label && rows.All(row => row.Label == label))
        {
            string says = what == "training" ? "the model will learn to say it of every text" : "accuracy on them says nothing of other labels";
            notices.Add($"one-label-{what}", $"all {Words.Count(rows.Count, $"{what} row")} have the label {LabelSpelling.Show(label)}: {says}",
                cure: $"give {what} rows of all labels");
        }
    }

    /// <summary>Tells of labels that hardly any two rows share.</summary>
    /// <param name="notices">Takes what there is to say.</param>
    /// <param name="rows">The training rows.</param>
    public static void AddMany(Notices notices, IReadOnlyList<TokenRow> rows)
    {
        int labels = rows.Select(row => row.Label).OfType<string>().Distinct().Count();
        if (labels > 2 && labels * 2L > rows.Count)
        {
            string counts = $"{Words.Count(rows.Count, "training row")} have {Words.Count(labels, "different label")}";
            notices.Add("many-labels", $"{counts}, more than half as many: there is hardly anything to learn of each",
                rows[0].Label, "is this the right column? A label names a class that many rows share");
        }
    }
}
