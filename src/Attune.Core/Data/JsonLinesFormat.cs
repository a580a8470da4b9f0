namespace Attune.Data;

/// <summary>JSON Lines: one JSON object a line, UTF-8. Empty lines are passed over. Rows that stand otherwise are read too: see <see
/// cref="JsonFile"/>.</summary>
internal sealed class JsonLinesFormat : IRowFormat
{
    public string Name => "jsonl";

    public IReadOnlyList<string> Extensions { get; } = [".jsonl", ".ndjson", ".jsonlines"];

    public IEnumerable<DataRow> Read(string path, ReadOptions options, BadRows bad) => JsonFile.Read(path, bad);
}
