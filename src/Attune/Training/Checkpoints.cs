using System.Globalization;
using System.Security.Cryptography;
using Attune.Formats;

namespace Attune.Training;

/// <summary>
/// A run's checkpoints: <c>step-000400/</c> with its files and, written last, state.json with the hashes of all of them. A crash at any moment
/// leaves the newest complete checkpoint, and the one before it until then.
/// </summary>
/// <param name="folder">The folder of all checkpoints.</param>
/// <param name="warn">Hears what is wrong and was got over.</param>
/// <param name="store">The disk; a test's stand-in for it.</param>
internal sealed class Checkpoints(string folder, Action<string> warn, IFileStore? store = null)
{
    private const string Prefix = "step-";
    private const string Temporary = ".tmp";
    private readonly IFileStore store = store ?? new DiskFileStore();

    /// <summary>The folder of all checkpoints.</summary>
    public string Folder { get; } = Path.GetFullPath(folder);

    /// <summary>
    /// Saves a checkpoint, then removes those that are no longer needed: all but the newest few and the best, those of later steps (left by a run
    /// that was taken up before them), and incomplete ones.
    /// </summary>
    /// <param name="state">What to keep besides the files; <see cref="CheckpointState.Files"/> is filled in here.</param>
    /// <param name="files">The files.</param>
    /// <param name="keep">How many of the newest stay; at least 1.</param>
    /// <exception cref="AttuneException">The disk is full or cannot be written; the earlier checkpoints are still there.</exception>
    public Checkpoint Save(CheckpointState state, IReadOnlyList<CheckpointFile> files, int keep)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        string target = PathOf(state.Step);
        long needed = files.Sum(file => file.Length);
        try
        {
            store.CreateFolder(Folder);
            CheckSpace(target, needed);
            Remove(target);
            store.CreateFolder(target);
            var written = files.ToDictionary(file => file.Name, file => Write(Path.Combine(target, file.Name), stream => SafetensorsWriter.Write(stream, file.Tensors)));
            store.FlushFolder(target);
            store.FlushFolder(Folder);

            // From here on every byte and name that state.json vouches for is on the disk.
            state = state with { Files = written };
            string commit = Path.Combine(target, CheckpointState.FileName);
            byte[] bytes = state.ToBytes();
            ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, BoundedJson.MaxLength, nameof(state));
            Write(commit + Temporary, stream => stream.Write(bytes));
            store.Rename(commit + Temporary, commit);
            store.FlushFolder(target);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            TryRemove(target);
            throw new AttuneException(ExitCode.Disk, target, $"the checkpoint cannot be written: {exception.Message.TrimEnd('.')} (it needs about {needed} bytes, "
                + $"{Free()} are free)", "free some space, then resume: the checkpoint before it is intact", exception);
        }

        Rotate(state, keep);
        return new Checkpoint(target, state);
    }

    /// <summary>The newest checkpoint that is complete and intact; null where there never was one. A damaged one is warned of and passed over.</summary>
    /// <exception cref="AttuneException">There are checkpoints, and all are damaged.</exception>
    public Checkpoint? Latest()
    {
        string? damage = null;
        foreach ((long step, string path) in Committed().OrderByDescending(one => one.Step))
        {
            try
            {
                return Open(step, path);
            }
            catch (AttuneException exception)
            {
                damage ??= exception.Message;
                warn($"the checkpoint of step {step} is passed over: {exception.Message}");
            }
        }

        return damage is null ? null
            : throw new AttuneException(ExitCode.BadData, Folder, $"no checkpoint is intact; the newest: {damage}", "begin anew in another output folder");
    }

    /// <summary>The checkpoint of a step, complete and intact.</summary>
    /// <param name="step">How many steps were done.</param>
    /// <exception cref="AttuneException">There is none, or it is damaged.</exception>
    public Checkpoint At(long step) => File.Exists(Path.Combine(PathOf(step), CheckpointState.FileName)) ? Open(step, PathOf(step))
        : throw new AttuneException(ExitCode.MissingInput, PathOf(step), "there is no complete checkpoint here");

    private static Checkpoint Open(long step, string path)
    {
        string file = Path.Combine(path, CheckpointState.FileName);
        CheckpointState state = CheckpointState.Parse(BoundedJson.ReadFile(file), file);
        if (state.Step != step)
        {
            throw new AttuneException(ExitCode.BadData, file, $"is of step {state.Step}, in a folder of step {step}");
        }

        foreach ((string name, (long length, string hash)) in state.Files)
        {
            string member = SafePath.Under(path, name);
            using var stream = OpenRead(member);
            if (stream.Length != length || Convert.ToHexStringLower(SHA256.HashData(stream)) != hash)
            {
                throw new AttuneException(ExitCode.BadData, member, $"is damaged: {stream.Length} bytes of {length}, or another SHA-256 than it was written with");
            }
        }

        return new Checkpoint(path, state);
    }

    private static FileStream OpenRead(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new AttuneException(ExitCode.MissingInput, path, "cannot be read: " + exception.Message, inner: exception);
        }
    }

    private (long Length, string Hash) Write(string path, Action<Stream> write)
    {
        using Stream file = store.Create(path);
        using var hashing = new HashingStream(file);
        write(hashing);
        file.Flush();
        store.Flush(file);
        return (hashing.Length, hashing.Hash);
    }

    private void Rotate(CheckpointState state, int keep)
    {
        var kept = Committed().Select(one => one.Step).Where(step => step <= state.Step).OrderDescending().Take(keep).ToHashSet();
        foreach ((long step, string path) in All())
        {
            if (!kept.Contains(step) && step != state.BestStep)
            {
                TryRemove(path);
            }
        }
    }

    private void Remove(string path)
    {
        if (!Directory.Exists(path))
        {
            return;
        }

        // First the mark: a checkpoint that is half gone must not look whole.
        store.DeleteFile(Path.Combine(path, CheckpointState.FileName));
        store.FlushFolder(path);
        foreach (string file in Directory.EnumerateFiles(path))
        {
            store.DeleteFile(file);
        }

        store.DeleteFolder(path);
        store.FlushFolder(Folder);
    }

    private void TryRemove(string path)
    {
        try
        {
            Remove(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            warn($"the old checkpoint {path} cannot be removed: {exception.Message}");
        }
    }

    private void CheckSpace(string target, long needed)
    {
        if (Free() is { } free && free < needed)
        {
            throw new IOException($"the disk is too full for {Path.GetFileName(target)}");
        }
    }

    private long? Free()
    {
        try
        {
            return new DriveInfo(Folder).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null; // Only a message's detail, and a check that writing makes again.
        }
    }

    private string PathOf(long step) => Path.Combine(Folder, Prefix + step.ToString("D6", CultureInfo.InvariantCulture));

    private IEnumerable<(long Step, string Path)> Committed() => All().Where(one => File.Exists(Path.Combine(one.Path, CheckpointState.FileName)));

    private List<(long Step, string Path)> All() => !Directory.Exists(Folder) ? [] :
    [
        .. Directory.EnumerateDirectories(Folder, Prefix + "*")
            .Where(path => long.TryParse(Path.GetFileName(path)[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out long step) && path == PathOf(step))
            .Select(path => (long.Parse(Path.GetFileName(path)[Prefix.Length..], CultureInfo.InvariantCulture), path)),
    ];
}
