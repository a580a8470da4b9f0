namespace Attune.Data;

/// <summary>JSON Lines: one JSON object a line, UTF-8. Empty lines are passed over.</summary>
internal sealed class JsonLinesFormat : IRowFormat
{
    public string Name => "jsonl";

    public IReadOnlyList<string> Extensions { get; } = [".jsonl", ".ndjson"];

    public IEnumerable<DataRow> Read(string path, ReadOptions options, BadRows bad)
    {
        using FileStream file = RowFiles.Open(path);
        foreach (Line line in LineReader.Read(file))
        {
            var place = new RowPlace(path, line.Number);
            if (line.IsTooLong)
            {
                bad.Add(place, RowFiles.TooLong(line.Length), Excerpt.Of(line.Bytes.Span));
                continue;
            }

            if (RowFiles.IsBlank(line.Bytes.Span))
            {
                continue;
            }

            if (JsonRow.Read(line.Bytes.Span, place, out string reason) is { } row)
            {
                yield return row;
            }
            else
            {
                bad.Add(place, line.IsLast ? $"the file ends inside this row: {reason}" : reason, Excerpt.Of(line.Bytes.Span));
            }
        }
    }
}
