using System.Buffers;
using System.Text.Json;
using Attune.Data.Parquet;

namespace Attune.Data;

/// <summary>
/// Parquet, row group by row group and page by page. Columns of lists and structs become lists and objects, dates text. Read by
/// code of our own: libraries believe what a damaged file says about its sizes, and read whole row groups.
/// </summary>
internal sealed class ParquetFormat : IRowFormat
{
    public string Name => "parquet";

    public IReadOnlyList<string> Extensions { get; } = [".parquet"];

    public IEnumerable<DataRow> Read(string path, ReadOptions options, BadRows bad)
    {
        using FileStream file = RowFiles.Open(path);
        ParquetFooter footer = ParquetFooter.Read(file, path);
        var buffer = new ArrayBufferWriter<byte>();
        long number = 0;
        foreach (RowGroup group in footer.RowGroups)
        {
            ColumnCursor[] cursors = [.. footer.Leaves.Select((leaf, i) => new ColumnCursor(file, path, leaf, group.Columns[i], footer.Start))];
            var rows = new RowAssembler(footer.Root, cursors, buffer);
            for (long i = 0; i < group.Rows; i++)
            {
                rows.WriteRow();
                var place = new RowPlace(path, ++number, IsLine: false);
                string? flaw = rows.Flaw ?? (buffer.WrittenCount > RowFormats.MaxRowBytes ? RowFiles.TooLong(buffer.WrittenCount) : null);
                if (flaw is null)
                {
                    yield return new DataRow(place, JsonElement.Parse(buffer.WrittenSpan));
                }
                else
                {
                    bad.Add(place, flaw, Excerpt.Of(buffer.WrittenSpan));
                }
            }

            if (cursors.FirstOrDefault(cursor => cursor.HasEntry) is { } left)
            {
                throw left.Error("there are more entries than rows");
            }
        }
    }
}
