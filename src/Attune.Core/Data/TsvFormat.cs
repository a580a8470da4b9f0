using CsvHelper;

namespace Attune.Data;

/// <summary>
/// Tab-separated values as registered with IANA: a header line, one row a line, quotes are text like any other. A file with quoted
/// fields is read as <c>csv</c> with a tab as delimiter.
/// </summary>
internal sealed class TsvFormat : IRowFormat
{
    public string Name => "tsv";

    public IReadOnlyList<string> Extensions { get; } = [".tsv", ".tab"];

    public IEnumerable<DataRow> Read(string path, ReadOptions options, BadRows bad) =>
        DelimitedRows.Read(path, new CsvReaderOptions { Separator = '\t', Mode = CsvMode.NoEscape }, options, bad);
}
