using System.Text.Unicode;
using CsvHelper;

namespace Attune.Data;

/// <summary>Rows of delimited text (CSV, TSV) with CsvHelper: a header, then as many fields in every row.</summary>
internal static class DelimitedRows
{
    public static IEnumerable<DataRow> Read(string path, CsvReaderOptions settings, ReadOptions options, BadRows bad)
    {
        bool unclosed = false;
        settings = settings with
        {
            HasHeader = false,
            TrackLineNumbers = true,
            MaxRecordSize = RowFormats.MaxRowBytes,
            OnMalformedRecord = record => unclosed |= record.Reason == CsvMalformedReason.UnterminatedQuote,
        };
        using FileStream file = RowFiles.Open(path);
        using var reader = CsvReader.Create(file, settings, leaveOpen: true);
        StringRow? columns = options.ColumnNames is { } names ? Header(path, names) : null;
        while (Next(reader, path, bad))
        {
            if (columns is null)
            {
                columns = Header(path, Enumerable.Range(0, reader.FieldCount).Select(reader.GetString));
                continue;
            }

            var place = new RowPlace(path, reader.LineNumber);
            string? flaw = unclosed ? "a quote that is not closed before the file ends" : Flaw(reader, columns);
            if (flaw is null)
            {
                yield return columns.At(place, reader.GetSpan);
            }
            else
            {
                bad.Add(place, flaw, Excerpt.Of(reader.RawRecord));
            }
        }
    }

    private static bool Next(CsvReader reader, string path, BadRows bad)
    {
        try
        {
            return reader.Read();
        }
        catch (CsvFormatException error)
        {
            bad.Add(new RowPlace(path, error.LineNumber), $"a row of more than {RowFormats.MaxRowBytes >> 20} MiB (a quote that is not closed?); "
                + "what follows it was not read", "");
            return false;
        }
    }

    private static StringRow Header(string path, IEnumerable<string> names)
    {
        string[] all = names.Select((name, i) => name.Trim() is { Length: > 0 } given ? given : $"column {i + 1}").ToArray();
        if (all.FirstOrDefault(name => name.Contains('\0') || name.Contains('\uFFFD')) is { } damaged)
        {
            throw new AttuneException(ExitCode.BadData, path + ":1", $"the header holds NUL or invalid UTF-8 ({Excerpt.Of(damaged)})", "save the file as UTF-8");
        }

        if (all.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new AttuneException(ExitCode.BadData, path + ":1", $"two columns are named \"{Excerpt.Of(twice.Key)}\"",
                "rename one, or give the columns' names if the first line is no header");
        }

        return new StringRow(all);
    }

    private static string? Flaw(CsvReader reader, StringRow columns)
    {
        if (reader.FieldCount != columns.Columns)
        {
            return $"{reader.FieldCount} {(reader.FieldCount == 1 ? "field" : "fields")} where the header has {columns.Columns}";
        }

        for (int i = 0; i < columns.Columns; i++)
        {
            ReadOnlySpan<byte> field = reader.GetSpan(i);
            if (field.Contains((byte)0) || !Utf8.IsValid(field))
            {
                return (field.Contains((byte)0) ? "a NUL character" : "invalid UTF-8") + $" in column \"{columns.Name(i)}\" (save the file as UTF-8)";
            }
        }

        return null;
    }
}
