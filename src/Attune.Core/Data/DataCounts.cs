namespace Attune.Data;

/// <summary>What became of the rows that were read.</summary>
public sealed record DataCounts
{
    private readonly List<FileRows> _files = [];

    /// <summary>The files that were read, in their order, each with its rows.</summary>
    public IReadOnlyList<FileRows> Files => _files;

    /// <summary>Rows found in the files, bad ones included.</summary>
    public long Rows { get; internal set; }

    /// <summary>Rows that cannot be used.</summary>
    public long Bad { get; internal set; }

    /// <summary>Rows left out because a text that they need is empty.</summary>
    public long Empty { get; internal set; }

    /// <summary>Rows left out because the split column's value names no split.</summary>
    public long Unsplit { get; internal set; }

    /// <summary>Rows left out because their split was to have a sample of N only.</summary>
    public long BeyondMost { get; internal set; }

    /// <summary>Rows that say exactly what an earlier one (of the first two million) says; they are kept.</summary>
    public long Duplicates { get; internal set; }

    /// <summary>Rows of which another split has an exact copy: possible only where files, a column or groups decide.</summary>
    public long Straddling { get; internal set; }

    internal FileRows Begin(string file)
    {
        _files.Add(new FileRows(file));
        return _files[^1];
    }
}
