namespace Attune.Data;

/// <summary>
/// CSV as in RFC 4180: a header line, fields in quotes where they hold the separator, a line end or a quote (written twice). The
/// separator is told by the file (comma, semicolon, tab or bar, or Excel's first line <c>sep=;</c>) or by the user; title lines above the header are
/// passed over.
/// </summary>
internal sealed class CsvFormat : IRowFormat
{
    public string Name => "csv";

    public IReadOnlyList<string> Extensions { get; } = [".csv"];

    public IEnumerable<DataRow> Read(string path, ReadOptions options, BadRows bad) => DelimitedRows.Read(path, isTabs: false, options, bad);
}
