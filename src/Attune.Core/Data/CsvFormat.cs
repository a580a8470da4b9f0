using CsvHelper;

namespace Attune.Data;

/// <summary>CSV as in RFC 4180: a header line, fields in quotes where they hold the delimiter, a line end or a quote (written twice).</summary>
internal sealed class CsvFormat : IRowFormat
{
    public string Name => "csv";

    public IReadOnlyList<string> Extensions { get; } = [".csv"];

    public IEnumerable<DataRow> Read(string path, ReadOptions options, BadRows bad) =>
        DelimitedRows.Read(path, new CsvReaderOptions { Separator = options.Delimiter }, options, bad);
}
