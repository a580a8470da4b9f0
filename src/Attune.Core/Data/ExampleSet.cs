namespace Attune.Data;

/// <summary>All examples of a recipe's data, checked and divided.</summary>
/// <param name="Train">Rows to train on, in the files' order.</param>
/// <param name="Validation">Rows to choose by.</param>
/// <param name="Test">Rows for the end.</param>
/// <param name="Counts">What became of the rows.</param>
/// <param name="Rejected">Bad rows that were allowed and left out.</param>
public sealed record ExampleSet(
    IReadOnlyList<Example> Train, IReadOnlyList<Example> Validation, IReadOnlyList<Example> Test, DataCounts Counts, IReadOnlyList<BadRow> Rejected)
{
    /// <summary>The rows of a split.</summary>
    /// <param name="split">The split.</param>
    public IReadOnlyList<Example> this[Split split] => split switch { Split.Train => Train, Split.Validation => Validation, _ => Test };

    /// <summary>Reads everything into memory.</summary>
    /// <param name="source">What to read and how.</param>
    /// <exception cref="BadDataException">More bad rows than allowed: all are named.</exception>
    /// <exception cref="AttuneException">A file is missing, no row is left, or the options make no sense.</exception>
    public static ExampleSet Load(ExampleSource source)
    {
        var reader = new ExampleReader(source);
        var bad = new BadRows(source.SkipBad);
        List<Example>[] splits = [[], [], []];
        var samples = splits.Select((_, i) => source.Split.Most((Split)i) is { } most ? new RowSample<Example>(most, source.Split.Seed) : null).ToArray();
        foreach (var (split, example) in reader.Read(bad))
        {
            if (samples[(int)split] is { } sample)
            {
                sample.Offer((example as LabelledText)?.Label, example.ContentHash(), () => (true, example));
            }
            else
            {
                splits[(int)split].Add(example);
            }
        }

        foreach (var (sample, rows) in samples.Zip(splits).Where(pair => pair.First is not null))
        {
            reader.Counts.BeyondMost += sample!.LeftOut;
            rows.AddRange(sample.Take());
        }

        bad.ThrowIfTooMany();
        RefuseEmpty(source, reader.Counts, splits.Select(rows => (long)rows.Count).ToArray());
        return new ExampleSet(splits[0], splits[1], splits[2], reader.Counts, bad.Rows);
    }

    /// <summary>Says so where a split that was asked for has no row.</summary>
    internal static void RefuseEmpty(ExampleSource source, DataCounts counts, long[] rows)
    {
        string place = string.Join(", ", source.Train);
        if (counts.Rows == 0)
        {
            throw new AttuneException(ExitCode.BadData, place, "there is no row", "is this the right file? a row is a line of JSONL, CSV or TSV, a row of a Parquet table, or a text");
        }

        string became = $"of {counts.Rows} rows {counts.Bad} are bad, {counts.Empty} have an empty text, {counts.Unsplit} belong to no split";
        if (rows[(int)Split.Train] == 0)
        {
            throw new AttuneException(ExitCode.BadData, place, $"no row is left to train on ({became}; validation has {rows[1]}, test {rows[2]})");
        }

        foreach (var (split, share) in new[] { (Split.Validation, source.Split.Validation), (Split.Test, source.Split.Test) })
        {
            if (share > 0 && rows[(int)split] == 0)
            {
                throw new AttuneException(ExitCode.BadData, place, $"none of the {rows.Sum()} rows fell to the {split.ToString().ToLowerInvariant()} split ({share:P0})",
                    "give a larger share, another seed, or a file for it");
            }
        }
    }
}
