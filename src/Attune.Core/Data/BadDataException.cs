using System.Text.RegularExpressions;

namespace Attune.Data;

/// <summary>More bad rows than are allowed. The message names them, or the first of them where most rows are bad.</summary>
public sealed partial class BadDataException : AttuneException
{
    // Where most rows are bad they have one cause, which a few of them show.
    private const int ShownOfMost = 5, Shown = 100;

    /// <summary>Creates the exception.</summary>
    /// <param name="rows">The bad rows, in the order in which they were read.</param>
    /// <param name="allowed">How many were allowed (<c>skip_bad</c>).</param>
    /// <param name="stopped">Whether reading stopped there, so that there may be more.</param>
    /// <param name="seen">How many rows were read, bad ones included; 0: it is not known.</param>
    public BadDataException(IReadOnlyList<BadRow> rows, int allowed, bool stopped, long seen = 0)
        : base(ExitCode.BadData, null, Describe(rows, allowed, stopped, seen == 0 ? 0 : Math.Max(seen, rows.Count))) => Rows = rows;

    /// <summary>The bad rows, in the order in which they were read.</summary>
    public IReadOnlyList<BadRow> Rows { get; }

    private static string Describe(IReadOnlyList<BadRow> rows, int allowed, bool stopped, long seen)
    {
        string rest = stopped ? "; reading stopped there" : "";
        if (rows.Count * 2L > seen && seen > 0)
        {
            string all = seen == 1 ? "the only row" : $"all {Words.Count(seen, "row")}";
            all = rows.Count == seen ? all : $"{rows.Count:#,0} of {Words.Count(seen, "row")}";
            return $"{all}{(stopped ? " read so far" : "")} {Words.Of(rows.Count, "is", "are")} bad ({allowed} allowed){rest}; {Cause(rows)}"
                + List(rows, ShownOfMost);
        }

        string head = $"{Words.Count(rows.Count, "bad row")} ({allowed} allowed){rest}";
        string skip = stopped ? "there may be more, so mend them first"
            : $"mend them, or let them be left out with data.skip_bad: {rows.Count} in the recipe (--skip-bad {rows.Count})";
        return $"{head}; {skip}" + List(rows, Shown);
    }

    private static string List(IReadOnlyList<BadRow> rows, int most) => string.Concat(rows.Take(most).Select(row => "\n  " + row))
        + (rows.Count > most ? $"\n  … and {Words.Count(rows.Count - most, "more", "more")}" : "");

    private static string Cause(IReadOnlyList<BadRow> rows)
    {
        string reason = rows.GroupBy(row => Particular().Replace(row.Reason, "…")).MaxBy(group => group.Count())!.First().Reason;
        return reason switch
        {
            _ when reason.Contains("UTF-8", StringComparison.Ordinal)
                || reason.Contains("UTF-16", StringComparison.Ordinal) => "is the file in another encoding? Save it as UTF-8",
            _ when reason.Contains("not JSON", StringComparison.Ordinal) || reason.Contains("a JSON object", StringComparison.Ordinal) =>
                "is this the right file? Rows of JSON are objects, one a line or in one list",
            _ when reason.Contains("where the header has", StringComparison.Ordinal) =>
                "are the header line and the separator right? data.separator names another",
            _ when reason.Contains("none of data.labels", StringComparison.Ordinal) => "are data.labels those of this file?",
            _ when reason.Contains("template", StringComparison.Ordinal) => "does the model's chat template suit these rows?",
            _ => "do the columns hold what they are read as? data.format or data.map says how a row is read",
        };
    }

    // What differs between rows that are bad in the same way.
    [GeneratedRegex("\"[^\"]*\"|[0-9]+")]
    private static partial Regex Particular();
}
