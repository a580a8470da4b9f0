namespace Attune.Data;

/// <summary>A JSON file that is one list of objects, read element by element. Rows that stand otherwise are read too: see <see
/// cref="JsonFile"/>.</summary>
internal sealed class JsonArrayFormat : IRowFormat
{
    public string Name => "json";

    public IReadOnlyList<string> Extensions { get; } = [".json"];

    public IEnumerable<DataRow> Read(string path, ReadOptions options, BadRows bad) => JsonFile.Read(path, bad);
}
