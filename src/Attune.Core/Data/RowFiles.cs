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

    public static string TooLong(long bytes) =>
        $"a row of {bytes / 1048576.0:0.0} MiB; the limit is {RowFormats.MaxRowBytes >> 20} MiB";

    public static bool IsBlank(ReadOnlySpan<byte> bytes) => bytes.IndexOfAnyExcept(" \t\r\n"u8) < 0;
}
