namespace Attune.Data;

/// <summary>More bad rows than are allowed. The message names them all.</summary>
public sealed class BadDataException : AttuneException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="rows">The bad rows, in the order in which they were read.</param>
    /// <param name="allowed">How many were allowed (<c>skip_bad</c>).</param>
    /// <param name="stopped">Whether reading stopped there, so that there may be more.</param>
    public BadDataException(IReadOnlyList<BadRow> rows, int allowed, bool stopped)
        : base(ExitCode.BadData, null, Describe(rows, allowed, stopped)) => Rows = rows;

    /// <summary>The bad rows, in the order in which they were read.</summary>
    public IReadOnlyList<BadRow> Rows { get; }

    private static string Describe(IReadOnlyList<BadRow> rows, int allowed, bool stopped)
    {
        string head = rows.Count == 1 ? "1 bad row" : $"{rows.Count} bad rows";
        string rest = stopped ? "; reading stopped there" : "";
        return $"{head} ({allowed} allowed){rest}; mend them, or let them be left out with data.skip_bad: {rows.Count} in the recipe (--skip-bad {rows.Count})"
            + string.Concat(rows.Select(row => "\n  " + row));
    }
}
