using System.Text.Json;
using Attune.Data;

namespace Attune.Own;

/// <summary>A file format of one's own: lines <c>Q: …</c>, each followed by its line <c>A: …</c>. The example of CONTRIBUTING.md.</summary>
public sealed class InterviewFormat : IRowFormat
{
    /// <inheritdoc/>
    public string Name => "interview-lines";

    /// <inheritdoc/>
    public IReadOnlyList<string> Extensions { get; } = [".interview"];

    /// <inheritdoc/>
    public IEnumerable<DataRow> Read(string path, ReadOptions options, BadRows bad)
    {
        string? question = null;
        long number = 0;
        foreach (string line in File.ReadLines(path))
        {
            var place = new RowPlace(path, ++number);
            if (line.StartsWith("Q: ", StringComparison.Ordinal))
            {
                question = line[3..];
            }
            else if (line.StartsWith("A: ", StringComparison.Ordinal) && question is not null)
            {
                yield return new DataRow(place, JsonSerializer.SerializeToElement(new { Q = question, A = line[3..] }));
                question = null;
            }
            else if (line.Length > 0)
            {
                bad.Add(new BadRow(place, "is neither a question nor its answer", line));
            }
        }
    }
}
