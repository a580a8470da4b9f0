namespace Attune.Data;

/// <summary>
/// Tab-separated values as registered with IANA: a header line, one row a line, quotes are text like any other. A file whose quotes hold
/// whole fields, as spreadsheets write it, is read as CSV with a tab as separator.
/// </summary>
internal sealed class TsvFormat : IRowFormat
{
    public string Name => "tsv";

    public IReadOnlyList<string> Extensions { get; } = [".tsv", ".tab"];

    public IEnumerable<DataRow> Read(string path, ReadOptions options, BadRows bad) => DelimitedRows.Read(path, isTabs: true, options, bad);
}
