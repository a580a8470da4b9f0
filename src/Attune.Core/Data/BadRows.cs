using System.Text.Json;
using Attune.Formats;

namespace Attune.Data;

/// <summary>Collects the bad rows of one reading, so that all of them are reported together and before a model is loaded.</summary>
/// <param name="allowed">How many may be left out before that is an error (<c>skip_bad</c>).</param>
/// <param name="notices">Takes what a reader wants said of rows that are not bad; null: a collection of its own.</param>
public sealed class BadRows(int allowed = 0, Notices? notices = null)
{
    /// <summary>However few are allowed, this many are looked for before reading stops.</summary>
    public const int Enough = 1_000;

    private readonly List<BadRow> _rows = [];
    private long counted;
    private int known;                              // bad rows among those that are counted

    /// <summary>What is to be said of rows that are not bad.</summary>
    public Notices Notices { get; } = notices ?? new Notices();

    /// <summary>How many may be left out.</summary>
    public int Allowed => allowed;

    /// <summary>What was found, in the order of reading.</summary>
    public IReadOnlyList<BadRow> Rows => _rows;

    /// <summary>How many rows were read so far, bad ones included.</summary>
    public long Seen => counted + _rows.Count - known;

    /// <summary>Takes one more.</summary>
    /// <param name="row">The bad row.</param>
    /// <exception cref="BadDataException">There are so many that reading on is of no use.</exception>
    public void Add(BadRow row)
    {
        _rows.Add(row);
        if (_rows.Count > allowed && _rows.Count >= Enough)
        {
            throw new BadDataException(_rows, allowed, stopped: true, Math.Max(Seen, 1));
        }
    }

    /// <summary>Counts a row that a format read, which a form may still refuse.</summary>
    internal void Count() => (counted, known) = (counted + 1 + _rows.Count - known, _rows.Count);

    /// <summary>Says that the row counted last was looked at: what was refused since is that row.</summary>
    internal void Looked() => known = _rows.Count;

    internal void Add(RowPlace place, string reason, string excerpt) => Add(new BadRow(place, reason, excerpt));

    /// <summary>Refuses to go on with more bad rows than are allowed.</summary>
    /// <exception cref="BadDataException">Names all of them.</exception>
    public void ThrowIfTooMany()
    {
        if (_rows.Count > allowed)
        {
            throw new BadDataException(_rows, allowed, stopped: false, Math.Max(Seen, 1));
        }
    }

    /// <summary>Writes one JSON object a bad row (<c>file</c>, <c>line</c>, <c>reason</c>, <c>excerpt</c>).</summary>
    /// <param name="path">The file, usually <c>rejected.jsonl</c> in the run folder; written even where nothing was rejected.</param>
    public void Write(string path) => AtomicFile.WriteAllText(path, string.Concat(_rows.Select(row =>
        $"{{\"file\":{Quote(row.File)},\"line\":{row.Line},\"reason\":{Quote(row.Reason)},\"excerpt\":{Quote(row.Excerpt)}}}\n")));

    private static string Quote(string text) => "\"" + JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping) + "\"";
}
