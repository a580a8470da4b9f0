namespace Attune.Data;

/// <summary>One line of a file, without its line end.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Bytes">Valid until the next line is read. Of a line that is too long only the beginning.</param>
/// <param name="Length">How long the line is, in bytes.</param>
/// <param name="IsLast">Whether the file ends without a line end here.</param>
internal readonly record struct Line(long Number, ReadOnlyMemory<byte> Bytes, long Length, bool IsLast)
{
    public bool IsTooLong => Length > RowFormats.MaxRowBytes;
}

/// <summary>Splits a file at <c>\n</c>, whatever the bytes between; a line longer than a row may be is passed over, not held.</summary>
internal static class LineReader
{
    public static IEnumerable<Line> Read(Stream stream)
    {
        byte[] buffer = new byte[64 << 10];
        int start = 0, end = 0;
        long number = 1;
        long passed = 0;                            // bytes of the present line that are no longer in the buffer
        byte[] head = [];                           // and the first of them
        SkipByteOrderMark(stream, buffer, ref start, ref end);
        for (bool more = true; more;)
        {
            int scanned = start;
            int newline;
            while ((newline = buffer.AsSpan(scanned, end - scanned).IndexOf((byte)'\n')) < 0)
            {
                scanned = end;
                if (passed > 0 || end - start > RowFormats.MaxRowBytes)
                {
                    head = passed > 0 ? head : buffer.AsSpan(start, 1024).ToArray();
                    passed += end - start;
                    start = scanned = end = 0;
                }
                else if (end == buffer.Length)
                {
                    byte[] target = start > 0 ? buffer : new byte[buffer.Length * 2];
                    buffer.AsSpan(start, end - start).CopyTo(target);
                    (buffer, scanned, end, start) = (target, scanned - start, end - start, 0);
                }

                int read = stream.Read(buffer, end, buffer.Length - end);
                if (read == 0)
                {
                    more = false;
                    break;
                }

                end += read;
            }

            int stop = newline < 0 ? end : scanned + newline;
            int next = newline < 0 ? end : stop + 1;
            if (passed > 0 || stop > start || more)
            {
                long length = passed + stop - start;
                ReadOnlyMemory<byte> bytes = passed > 0 ? head : buffer.AsMemory(start, stop - start);
                if (passed == 0 && length > 0 && bytes.Span[^1] == '\r')
                {
                    bytes = bytes[..^1];
                    length--;
                }

                yield return new Line(number, bytes, length, !more);
            }

            (start, passed, number) = (next, 0, number + 1);
        }
    }

    private static void SkipByteOrderMark(Stream stream, byte[] buffer, ref int start, ref int end)
    {
        while (end < 3)
        {
            int read = stream.Read(buffer, end, buffer.Length - end);
            if (read == 0)
            {
                break;
            }

            end += read;
        }

        start = buffer.AsSpan(0, end).StartsWith("\uFEFF"u8) ? 3 : 0;
    }
}
