using System.IO.MemoryMappedFiles;

namespace Attune.Formats;

/// <summary>A file mapped into memory for reading: opening copies nothing, and its size does not matter.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile? map;
    private readonly MemoryMappedViewAccessor? view;
    private byte* start;
    private bool disposed;

    private MappedFile(string path)
    {
        Path = path;
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        try
        {
            if (!stream.CanSeek)
            {
                throw new AttuneException(ExitCode.BadData, path, "is no regular file");
            }

            Length = stream.Length;
            if (Length == 0)
            {
                stream.Dispose(); // An empty file cannot be mapped.
                return;
            }

            map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            start += view.PointerOffset;
        }
        catch
        {
            view?.Dispose();
            map?.Dispose();
            stream.Dispose();
            throw;
        }
    }

    public string Path { get; }

    public long Length { get; }

    /// <summary>Maps a file, or says why it cannot.</summary>
    public static MappedFile Open(string path)
    {
        try
        {
            return new MappedFile(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new AttuneException(ExitCode.MissingInput, path, "there is no such file", "check the path; what belongs to a model is fetched with the whole model", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            string problem = Directory.Exists(path) ? "is a folder, not a file" : "may not be read";
            throw new AttuneException(ExitCode.MissingInput, path, problem, inner: exception);
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or NotSupportedException)
        {
            throw new AttuneException(ExitCode.Disk, path, "cannot be read: " + exception.Message, inner: exception);
        }
    }

    /// <summary>Bytes of the file, valid until this is disposed.</summary>
    public ReadOnlySpan<byte> Span(long offset, int length)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - offset);
        return new ReadOnlySpan<byte>(start + offset, length);
    }

    /// <summary>The file's beginning, at most <paramref name="most"/> bytes of it.</summary>
    public ReadOnlySpan<byte> Head(int most = int.MaxValue) => Span(0, (int)Math.Min(most, Length));

    /// <summary>The address of a byte, valid until this is disposed; the caller keeps within the file.</summary>
    public byte* Pointer(long offset)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length);
        return start + offset;
    }

    public void Dispose()
    {
        if (!disposed)
        {
            disposed = true;
            if (view is not null)
            {
                view.SafeMemoryMappedViewHandle.ReleasePointer();
                view.Dispose();
            }

            map?.Dispose();
        }
    }
}
