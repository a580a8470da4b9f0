using System.Runtime.InteropServices;
using System.Text;

namespace Attune.Formats;

/// <summary>
/// Writes files so that a reader, and whoever comes after a crash, finds the old one or the new one whole: into a temporary file in the
/// same folder, flushed to disk, renamed over the target, the folder flushed. A file that is open or mapped keeps its old content.
/// </summary>
internal static partial class AtomicFile
{
    private const string Ending = ".tmp";
    private const int BufferSize = 1 << 16;

    /// <summary>Writes a file through a stream.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="write">Writes the content; where it throws, the target stays as it was.</param>
    /// <param name="length">How many bytes it will be, where known: asked of the disk before anything is written.</param>
    /// <exception cref="AttuneException">The disk is full or cannot be written (<see cref="ExitCode.Disk"/>).</exception>
    public static void Write(string path, Action<Stream> write, long length = 0)
    {
        path = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(path) ?? throw new AttuneException(ExitCode.Usage, path, "is no file's name");
        string temporary = path + Ending;
        long written = 0;
        try
        {
            RemoveLink(temporary);
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, BufferSize))
            {
                try
                {
                    CheckSpace(path, folder, length);
                    write(stream);
                    stream.Flush(flushToDisk: true);
                }
                finally
                {
                    written = stream.Position;
                }
            }

            File.Move(temporary, path, overwrite: true);
            FlushFolder(folder);
        }
        catch (Exception exception)
        {
            Delete(temporary);
            if (exception is IOException or UnauthorizedAccessException)
            {
                string why = exception.Message.Split(" : ")[0]; // Without the temporary file's name.
                throw Failure(path, folder, length > written ? $"{length}" : $"more than {written}", why, exception);
            }

            throw;
        }
    }

    /// <summary>Writes text as UTF-8 without a byte order mark.</summary>
    public static void WriteAllText(string path, string text) => WriteAllBytes(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes bytes.</summary>
    public static void WriteAllBytes(string path, ReadOnlySpan<byte> bytes)
    {
        byte[] copy = bytes.ToArray();
        Write(path, stream => stream.Write(copy), copy.Length);
    }

    /// <summary>Flushes a folder's own entries to disk: after this a rename in it survives a power cut. Nothing to do on Windows.</summary>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int handle = Open(folder, 0);
        if (handle < 0)
        {
            throw new IOException($"the folder {folder} cannot be flushed: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        // File systems that cannot flush a folder say EINVAL; there is nothing to be done about it, and nothing is lost by it.
        int result = Flush(handle);
        int error = Marshal.GetLastPInvokeError();
        string message = Marshal.GetLastPInvokeErrorMessage();
        _ = Close(handle);
        if (result < 0 && error is InputOutputError or NoSpace)
        {
            throw new IOException($"the folder {folder} cannot be flushed: {message}");
        }
    }

    private const int InputOutputError = 5;
    private const int NoSpace = 28;

    private static void CheckSpace(string path, string folder, long length)
    {
        if (length > 0 && Free(folder) is { } free && free < length)
        {
            throw Failure(path, folder, $"{length}", "the disk is too full", null);
        }
    }

    private static AttuneException Failure(string path, string folder, string needed, string why, Exception? inner)
    {
        string free = Free(folder) is { } bytes ? bytes.ToString() : "an unknown number of";
        return new AttuneException(
            ExitCode.Disk, path, $"cannot be written: {why.TrimEnd('.')} (it needs {needed} bytes, {free} bytes are free)",
            "free some space or choose another folder, then try again", inner);
    }

    private static long? Free(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null; // Only a message's detail.
        }
    }

    // A link planted at the temporary name would send the bytes elsewhere.
    private static void RemoveLink(string temporary)
    {
        if (new FileInfo(temporary).LinkTarget is not null)
        {
            File.Delete(temporary);
        }
    }

    private static void Delete(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What went wrong before this is what matters; the next write replaces the remains.
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int handle);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int handle);
}
