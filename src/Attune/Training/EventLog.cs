using System.Text.Json.Nodes;

namespace Attune.Training;

/// <summary>events.jsonl: one JSON object a line, each handed to the system as soon as it is written.</summary>
internal sealed class EventLog : IDisposable
{
    private readonly string path;
    private readonly FileStream file;

    private EventLog(string path, FileStream file)
    {
        this.path = path;
        this.file = file;
    }

    /// <summary>How many bytes there are: what a checkpoint remembers.</summary>
    public long Length => file.Length;

    /// <summary>
    /// Opens the file to go on writing. What lies beyond <paramref name="keep"/> told of steps that will be done again, and goes; so does a line that
    /// a crash cut short. The file then reads as one run.
    /// </summary>
    /// <param name="path">The file; made where it is not there.</param>
    /// <param name="keep">How many bytes belong to the steps that are done; 0 for a new run.</param>
    /// <exception cref="AttuneException">It cannot be opened or written.</exception>
    public static EventLog Open(string path, long keep)
    {
        try
        {
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
            try
            {
                file.SetLength(EndOfLine(file, Math.Min(keep, file.Length)));
                file.Seek(0, SeekOrigin.End);
                return new EventLog(path, file);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failure(path, exception);
        }
    }

    /// <summary>Adds an event.</summary>
    /// <param name="json">The event.</param>
    /// <exception cref="AttuneException">The disk is full or cannot be written.</exception>
    public void Append(JsonObject json)
    {
        byte[] line = System.Text.Encoding.UTF8.GetBytes(json.ToJsonString() + "\n");
        long before = file.Length;
        try
        {
            file.Write(line);
        }
        catch (IOException exception)
        {
            file.SetLength(before);
            throw Failure(path, exception);
        }
    }

    /// <summary>Returns when all is on the disk: to be called before a checkpoint remembers <see cref="Length"/>.</summary>
    public void Flush() => file.Flush(flushToDisk: true);

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private static long EndOfLine(FileStream file, long length)
    {
        Span<byte> one = stackalloc byte[1];
        for (; length > 0; length--)
        {
            file.Seek(length - 1, SeekOrigin.Begin);
            if (file.Read(one) == 1 && one[0] == '\n')
            {
                break;
            }
        }

        return length;
    }

    private static AttuneException Failure(string path, Exception exception) =>
        new(ExitCode.Disk, path, "cannot be written: " + exception.Message.TrimEnd('.'), "free some space or choose a folder that can be written", exception);
}
