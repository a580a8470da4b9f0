namespace Attune.Data;

/// <summary>What became of a file's rows. Rows that are too long, or beyond the first N, are left out only after this.</summary>
/// <param name="file">The file.</param>
public sealed class FileRows(string file)
{
    /// <summary>The file, as the user named it or as it was found in a folder.</summary>
    public string File => file;

    /// <summary>Rows to train on.</summary>
    public long Train { get; private set; }

    /// <summary>Rows to choose by.</summary>
    public long Validation { get; private set; }

    /// <summary>Rows for the end.</summary>
    public long Test { get; private set; }

    /// <summary>Rows that cannot be used.</summary>
    public long Bad { get; internal set; }

    /// <summary>Rows that are left out: their text is empty, or they belong to no split.</summary>
    public long Left { get; internal set; }

    /// <summary>The rows of a split.</summary>
    /// <param name="split">The split.</param>
    public long this[Split split] => split switch { Split.Train => Train, Split.Validation => Validation, _ => Test };

    internal void Add(Split split)
    {
        Train += split == Split.Train ? 1 : 0;
        Validation += split == Split.Validation ? 1 : 0;
        Test += split == Split.Test ? 1 : 0;
    }
}
