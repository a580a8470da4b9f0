namespace Attune.Data;

/// <summary>
/// Looks for held-out rows that say nearly the same as a training row: what is measured on them flatters the model. Rows that are equal to
/// the letter are not its business. Beyond a budget of characters rows are no longer looked at, so that time and memory stay small.
/// </summary>
internal sealed class NearCopies
{
    /// <summary>The share of runs of three words that two rows have in common where they are called nearly the same.</summary>
    public const double Alike = 0.8;

    // Of both sides together: a second or so.
    private const long MostCharacters = 8 << 20;

    private readonly Side training = new();
    private readonly Side heldOut = new();

    /// <summary>Takes a row.</summary>
    public void Add(Split split, Example example)
    {
        Side side = split == Split.Train ? training : heldOut;
        side.Seen++;
        string text = example.ComparableText;
        if (side.Characters + text.Length <= MostCharacters / 2)
        {
            side.Characters += text.Length;
            side.Rows.Add((text, example.Place, example.ContentHash()));
        }
    }

    /// <summary>Says what was found.</summary>
    public void Tell(Notices notices)
    {
        if (heldOut.Rows.Count == 0 || training.Rows.Count == 0)
        {
            return;
        }

        // Equal rows, of whatever side, are told as such.
        var hashes = training.Rows.Select(row => row.Hash).ToHashSet();
        var rows = heldOut.Rows.Where(row => !hashes.Contains(row.Hash)).ToList();
        var found = NearDuplicates.Find([.. rows.Select(row => row.Text)], [.. training.Rows.Select(row => row.Text)], Alike).DistinctBy(pair => pair.First).ToList();
        if (found.Count == 0)
        {
            return;
        }

        string looked = training.IsWhole && heldOut.IsWhole ? ""
            : $" (looked for among the first {Words.Count(training.Rows.Count, "training row")} and {Words.Count(heldOut.Rows.Count, "held-out row")})";
        notices.Add("near-copies", n => $"{Words.Count(n, "held-out row")} of {Words.Count(rows.Count, "row")} {Words.Of(n, "says", "say")} nearly the same as a training row{looked}: "
            + "what is measured on them flatters the model", $"{rows[found[0].First].Place} and {training.Rows[found[0].Second].Place}",
            "remove them, or keep rows that belong together on one side with data.split.by", found.Count);
    }

    private sealed class Side
    {
        public List<(string Text, RowPlace Place, UInt128 Hash)> Rows { get; } = [];

        public long Characters { get; set; }

        public long Seen { get; set; }

        public bool IsWhole => Seen == Rows.Count;
    }
}
