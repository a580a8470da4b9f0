namespace Attune.Data;

/// <summary>What the readers of several formats share.</summary>
internal static class RowFiles
{
    public static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, new FileStreamOptions { Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0, Options = FileOptions.SequentialScan });
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new AttuneException(ExitCode.MissingInput, path, "there is no such file", inner: error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new AttuneException(ExitCode.MissingInput, path, "the file cannot be read: " + error.Message, inner: error);
        }
    }

    /// <summary>Reads bytes at a place; fewer than asked for only where the file ends.</summary>
    public static int Read(FileStream file, Span<byte> target, long offset)
    {
        int have = 0;
        for (int read = 1; read > 0 && have < target.Length; have += read)
        {
            read = RandomAccess.Read(file.SafeFileHandle, target[have..], offset + have);
        }

        return have;
    }

    /// <summary>Refuses UTF-16, which all but CSV would read as damage on every line.</summary>
    public static void RefuseUtf16(string path)
    {
        using FileStream file = Open(path);
        Span<byte> head = stackalloc byte[64];
        head = head[..Read(file, head, 0)];
        int zeros = head.Count((byte)0);
        bool marked = head is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..];
        if (marked || head.Length >= 4 && zeros > head.Length / 3 && zeros <= (head.Length + 1) / 2)
        {
            throw new AttuneException(ExitCode.BadData, path, "the file is UTF-16", "save it as UTF-8");
        }
    }

    /// <summary>How many bytes of a byte order mark the file begins with.</summary>
    public static int ByteOrderMark(FileStream file)
    {
        Span<byte> head = stackalloc byte[3];
        return Read(file, head, 0) == 3 && head.SequenceEqual("\uFEFF"u8) ? 3 : 0;
    }

    public static string TooLong(long bytes) =>
        $"a row of {bytes / 1048576.0:0.0} MiB; the limit is {RowFormats.MaxRowBytes >> 20} MiB";

    public static bool IsBlank(ReadOnlySpan<byte> bytes) => bytes.IndexOfAnyExcept(" \t\r\n"u8) < 0;
}
