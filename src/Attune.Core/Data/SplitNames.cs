namespace Attune.Data;

/// <summary>
/// What names of files and folders say about splits, by the rules of Hugging Face's datasets: <c>train-00000-of-00002.parquet</c>,
/// <c>test_sft.jsonl</c>, <c>validation/part.csv</c>. A word that is part of another one (latest, contest) says nothing.
/// </summary>
internal static class SplitNames
{
    private static readonly Dictionary<string, Split> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        ["train"] = Split.Train, ["training"] = Split.Train, ["trainset"] = Split.Train,
        ["validation"] = Split.Validation, ["valid"] = Split.Validation, ["val"] = Split.Validation, ["dev"] = Split.Validation,
            ["valset"] = Split.Validation, ["devset"] = Split.Validation,
        ["test"] = Split.Test, ["testing"] = Split.Test, ["eval"] = Split.Test, ["evaluation"] = Split.Test, ["testset"] = Split.Test,
    };

    /// <summary>The split of a file: that of its folder, else that of its name; null: they name none, or several.</summary>
    /// <param name="path">The path below the data folder.</param>
    /// <param name="contradicts">Whether the names say more than one split.</param>
    public static Split? Of(string path, out bool contradicts)
    {
        string[] parts = path.Split('/');
        Split[] name = Said(parts[^1]);
        Split[][] folders = [.. parts[..^1].Select(Said).Where(said => said.Length > 0)];
        Split[] nearest = folders.Length > 0 ? folders[^1] : name;
        contradicts = folders.Append(name).SelectMany(said => said).Distinct().Count() > 1;

        // train_test.csv names none; test_dev.csv is held out whichever it is.
        return nearest.Length == 0 || nearest.Length > 1 && nearest.Contains(Split.Train) ? null : nearest[0];
    }

    /// <summary>The splits that a name says.</summary>
    /// <param name="name">A file's or folder's name, or a pattern for such.</param>
    public static Split[] Said(string name)
    {
        var said = new List<Split>();
        for (int start = 0; start < name.Length; start++)
        {
            int end = start;
            while (end < name.Length && char.IsLetter(name[end]) && (end == start || !(char.IsUpper(name[end]) && char.IsLower(name[end - 1]))))
            {
                end++;
            }

            if (end > start && Words.TryGetValue(name[start..end], out Split split) && !said.Contains(split))
            {
                said.Add(split);
            }

            start = Math.Max(start, end - 1);
        }

        return [.. said];
    }
}
