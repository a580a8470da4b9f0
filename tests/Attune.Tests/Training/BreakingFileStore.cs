namespace Attune.Training;

/// <summary>How a disk may fail.</summary>
public enum Breakage
{
    /// <summary>The process ends: nothing is done any more, and what was done stays.</summary>
    Kill,

    /// <summary>The power goes: besides, what was not flushed is lost.</summary>
    PowerCut,

    /// <summary>One operation fails; those after it work.</summary>
    OneError,
}

/// <summary>A disk that fails at the operation of a given number.</summary>
internal sealed class BreakingFileStore(Breakage breakage, int at) : IFileStore
{
    private readonly DiskFileStore disk = new();
    private readonly HashSet<string> unflushedFiles = [];
    private readonly List<(string From, string To, byte[]? Replaced)> unflushedRenames = [];
    private int done;

    /// <summary>Whether the operation was reached.</summary>
    public bool Broke { get; private set; }

    public void CreateFolder(string path) => Do(() => disk.CreateFolder(path));

    public Stream Create(string path)
    {
        Stream? stream = null;
        Do(() => stream = new CountedStream(this, path, disk.Create(path)));
        return stream!;
    }

    public void Flush(Stream stream)
    {
        var counted = (CountedStream)stream;
        Do(() =>
        {
            disk.Flush(counted.Inner);
            unflushedFiles.Remove(counted.Path);
        });
    }

    public void Rename(string from, string to) => Do(() =>
    {
        unflushedRenames.Add((from, to, File.Exists(to) ? File.ReadAllBytes(to) : null));
        disk.Rename(from, to);
        if (unflushedFiles.Remove(from))
        {
            unflushedFiles.Add(to);
        }
    });

    public void FlushFolder(string path) => Do(() =>
    {
        disk.FlushFolder(path);
        unflushedRenames.RemoveAll(rename => Path.GetDirectoryName(rename.To) == path);
    });

    public void DeleteFile(string path) => Do(() =>
    {
        disk.DeleteFile(path);
        unflushedFiles.Remove(path);
    });

    public void DeleteFolder(string path) => Do(() => disk.DeleteFolder(path));

    private void Do(Action action)
    {
        if (Broke && breakage != Breakage.OneError)
        {
            throw new ProcessEndedException();
        }

        if (done++ != at)
        {
            action();
            return;
        }

        Broke = true;
        if (breakage == Breakage.OneError)
        {
            throw new IOException("Input/output error");
        }

        if (breakage == Breakage.PowerCut)
        {
            LoseWhatWasNotFlushed();
        }

        throw new ProcessEndedException();
    }

    private void LoseWhatWasNotFlushed()
    {
        foreach ((string from, string to, byte[]? replaced) in unflushedRenames)
        {
            File.Move(to, from, overwrite: true);
            if (replaced is not null)
            {
                File.WriteAllBytes(to, replaced);
            }
        }

        foreach (string path in unflushedFiles.Where(File.Exists))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            file.SetLength(file.Length / 2);
        }
    }

    private sealed class CountedStream(BreakingFileStore store, string path, Stream inner) : Stream
    {
        public string Path => path;

        public Stream Inner => inner;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position
        {
            get => inner.Position;
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => store.Do(() =>
        {
            store.unflushedFiles.Add(path);
            inner.Write(buffer, offset, count);
            inner.Flush();
        });

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}

/// <summary>Stands for the end of the process.</summary>
internal sealed class ProcessEndedException : Exception;
