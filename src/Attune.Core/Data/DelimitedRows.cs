using System.Text;
using System.Text.Unicode;
using CsvHelper;

namespace Attune.Data;

/// <summary>Rows of delimited text (CSV, TSV) with CsvHelper: a header, then as many fields in every row. Line ends in fields become
/// <c>\n</c>.</summary>
internal static class DelimitedRows
{
    public static IEnumerable<DataRow> Read(string path, bool isTabs, ReadOptions options, BadRows bad)
    {
        DelimitedLayout layout;
        using (Stream sample = Open(path))
        {
            layout = DelimitedLayout.Of(sample, options, isTabs);
        }

        if (layout.Titles.Count > 0)
        {
            bad.Notices.Add("title-lines", n => $"{Words.Count(n, "line")} above the header {Words.Of(n, "is taken for a title", "are taken for titles")} and passed over",
                $"{path}: {Excerpt.Of(layout.Titles[0])}", count: layout.Titles.Count);
        }

        bool unclosed = false;
        var settings = new CsvReaderOptions
        {
            Separator = layout.Separator,
            Mode = layout.IsQuoted ? CsvMode.Rfc4180 : CsvMode.NoEscape,
            HasHeader = false,
            DetectSeparatorHint = false,
            TrackLineNumbers = true,
            MaxRecordSize = RowFormats.MaxRowBytes,
            OnMalformedRecord = record => unclosed |= record.Reason == CsvMalformedReason.UnterminatedQuote,
        };
        using Stream file = Open(path);
        using var reader = CsvReader.Create(file, settings, leaveOpen: true);
        StringRow? columns = options.ColumnNames is { } names ? Header(path, 1, names) : null;
        for (int passed = 0; Next(reader, path, bad);)
        {
            if (passed++ < layout.Skip)
            {
                continue;
            }

            if (columns is null)
            {
                columns = Header(path, reader.LineNumber, Enumerable.Range(0, reader.FieldCount).Select(reader.GetString));
                continue;
            }

            if (IsBlank(reader))
            {
                continue;
            }

            var place = new RowPlace(path, reader.LineNumber);
            string? flaw = unclosed ? "a quote that is not closed before the file ends" : Flaw(reader, columns);
            if (flaw is null)
            {
                yield return columns.At(place, column => Unified(reader.GetSpan(column)));
            }
            else
            {
                bad.Add(place, flaw, Excerpt.Of(reader.RawRecord));
            }
        }
    }

    private static Stream Open(string path)
    {
        FileStream file = RowFiles.Open(path);
        Span<byte> head = stackalloc byte[2];
        Encoding? utf16 = RowFiles.Read(file, head, 0) < 2 ? null : head switch
        {
            [0xFF, 0xFE] => Encoding.Unicode,
            [0xFE, 0xFF] => Encoding.BigEndianUnicode,
            _ => null,
        };
        return utf16 is null ? file : Encoding.CreateTranscodingStream(file, utf16, Encoding.UTF8);
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

    // Spreadsheets write rows that nobody filled as separators alone.
    private static bool IsBlank(CsvReader reader)
    {
        for (int i = 0; i < reader.FieldCount; i++)
        {
            if (reader.GetSpan(i).Length > 0)
            {
                return false;
            }
        }

        return reader.FieldCount > 1;
    }

    // Line ends as text files have them; the bytes themselves where there is none to change.
    private static ReadOnlySpan<byte> Unified(ReadOnlySpan<byte> field)
    {
        if (!field.Contains((byte)'\r'))
        {
            return field;
        }

        byte[] unified = new byte[field.Length];
        int length = 0;
        for (int i = 0; i < field.Length; i++)
        {
            bool pair = field[i] == '\r' && i + 1 < field.Length && field[i + 1] == '\n';
            i += pair ? 1 : 0;
            unified[length++] = field[i] == '\r' ? (byte)'\n' : field[i];
        }

        return unified.AsSpan(0, length);
    }

    private static StringRow Header(string path, long line, IEnumerable<string> names)
    {
        string[] all = names.Select((name, i) => name.Trim() is { Length: > 0 } given ? given : $"column {i + 1}").ToArray();
        if (all.FirstOrDefault(name => name.Contains('\0') || name.Contains('\uFFFD')) is { } damaged)
        {
            throw new AttuneException(ExitCode.BadData, $"{path}:{line}", $"the header holds NUL or invalid UTF-8 ({Excerpt.Of(damaged)})",
                "save the file as UTF-8");
        }

        if (all.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new AttuneException(ExitCode.BadData, $"{path}:{line}", $"two columns are named \"{Excerpt.Of(twice.Key)}\"",
                "rename one, or give the columns' names if the first line is no header");
        }

        return new StringRow(all);
    }

    private static string? Flaw(CsvReader reader, StringRow columns)
    {
        if (reader.FieldCount != columns.Columns)
        {
            return $"{Words.Count(reader.FieldCount, "field")} where the header has {columns.Columns}";
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
