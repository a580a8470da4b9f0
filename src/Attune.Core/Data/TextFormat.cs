using System.Buffers;
using System.Text.Unicode;

namespace Attune.Data;

/// <summary>Plain text, UTF-8, as rows with the one column <c>text</c>. Line ends become <c>\n</c>.</summary>
internal sealed class TextFormat : IRowFormat
{
    private const string Column = "text";

    public string Name => "text";

    public IReadOnlyList<string> Extensions { get; } = [".txt", ".md"];

    /// <summary>Every line of a file as a row with the one column <c>text</c>, blank ones too: for programs that put an answer beside each line.</summary>
    public static IEnumerable<DataRow> Lines(string path, BadRows bad)
    {
        using FileStream file = RowFiles.Open(path);
        var columns = new StringRow([Column]);
        foreach (Line line in LineReader.Read(file))
        {
            var place = new RowPlace(path, line.Number);
            if (Flaw(line) is { } flaw)
            {
                bad.Add(place, flaw, Excerpt.Of(line.Bytes.Span));
                continue;
            }

            yield return columns.At(place, _ => line.Bytes.Span);
        }
    }

    public IEnumerable<DataRow> Read(string path, ReadOptions options, BadRows bad)
    {
        RowFiles.RefuseUtf16(path);
        using FileStream file = RowFiles.Open(path);
        var columns = new StringRow([Column]);
        var text = new ArrayBufferWriter<byte>();
        long first = 0;
        foreach (Line line in LineReader.Read(file))
        {
            if (Flaw(line) is { } flaw)
            {
                bad.Add(new RowPlace(path, line.Number), flaw, Excerpt.Of(line.Bytes.Span));
                continue;
            }

            if (line.Number == 1 && JsonRow.Read(line.Bytes.Span, new RowPlace(path, 1), out _) is not null)
            {
                bad.Notices.Add("json-read-as-text", "a text file looks like rows of JSON and is read as plain text", path,
                    "rename it so that it ends in .jsonl to read its rows");
            }

            bool blank = RowFiles.IsBlank(line.Bytes.Span);
            bool full = text.WrittenCount + line.Length > RowFormats.MaxRowBytes || blank && text.WrittenCount > RowFormats.MaxRowBytes * 3L / 4;
            if (text.WrittenCount > 0 && (full || options.TextUnit == TextUnit.Line || blank && options.TextUnit == TextUnit.Paragraph))
            {
                yield return Row();
            }

            if (text.WrittenCount == 0)
            {
                first = line.Number;
                if (blank)
                {
                    continue;
                }
            }

            text.Write(line.Bytes.Span);
            text.Write("\n"u8);
        }

        if (text.WrittenCount > 0)
        {
            yield return Row();
        }

        DataRow Row()
        {
            DataRow row = columns.At(new RowPlace(path, first), _ => text.WrittenSpan.TrimEnd(" \t\n"u8));
            text.ResetWrittenCount();
            return row;
        }
    }

    private static string? Flaw(Line line) =>
        line.IsTooLong ? RowFiles.TooLong(line.Length)
        : line.Bytes.Span.Contains((byte)0) ? "a NUL byte (the file is damaged, or is UTF-16: save it as UTF-8)"
        : Utf8.IsValid(line.Bytes.Span) ? null : "invalid UTF-8 (save the file as UTF-8)";
}
