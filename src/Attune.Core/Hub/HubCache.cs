using Attune.Formats;

namespace Attune.Hub;

/// <summary>
/// The cache's layout, which Python's huggingface_hub shares: <c>models--org--name/blobs/HASH</c> are the files,
/// <c>snapshots/COMMIT/name</c> links to them, <c>refs/BRANCH</c> holds a commit, <c>.no_exist/COMMIT/name</c> marks what a commit
/// does not have, and a download in progress is <c>blobs/HASH.incomplete</c> under a lock in <c>.locks</c>.
/// </summary>
internal sealed class HubCache(string folder)
{
    private const string Signature = "Signature: 8a477f597d28d172789f06886806bc55\n# This folder is a cache of models; see https://bford.info/cachedir/\n";

    /// <summary>The folder of a snapshot, whether or not it is there.</summary>
    public string Snapshot(string repository, string commit) => SafePath.Under(Path.Combine(Repository(repository), "snapshots"), commit);

    /// <summary>A file of a snapshot, where it is there whole; else null.</summary>
    public string? Find(string repository, string commit, string name)
    {
        string path = Nested(Snapshot(repository, commit), name);
        return File.Exists(path) ? path : null;
    }

    /// <summary>The commit that a revision was, when the hub was last asked; null where it is not known.</summary>
    public string? Commit(string repository, string revision)
    {
        if (HubReference.IsCommit(revision))
        {
            return revision;
        }

        string path = Nested(Path.Combine(Repository(repository), "refs"), revision);
        string? commit = File.Exists(path) && new FileInfo(path).Length < 100 ? File.ReadAllText(path).Trim() : null;
        return commit is not null && HubReference.IsCommit(commit) ? commit : null;
    }

    /// <summary>Remembers which commit a revision is.</summary>
    public void SetCommit(string repository, string revision, string commit)
    {
        if (!HubReference.IsCommit(revision) && Commit(repository, revision) != commit)
        {
            string path = Nested(Path.Combine(Repository(repository), "refs"), revision);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            Replace(path, commit);
        }
    }

    /// <summary>The snapshot of a revision, where what a model needs is there whole; else null.</summary>
    public string? Whole(string repository, string revision)
    {
        string? snapshot = Commit(repository, revision) is { } commit ? Snapshot(repository, commit) : null;
        if (snapshot is null || !Directory.Exists(snapshot))
        {
            return null;
        }

        string index = Path.Combine(snapshot, "model.safetensors.index.json");
        bool whole = File.Exists(index) && !File.Exists(Path.Combine(snapshot, "model.safetensors"))
            ? SafetensorsIndex.Read(index).Values.Distinct().All(shard => File.Exists(SafePath.Under(snapshot, shard)))
            : Directory.EnumerateFiles(snapshot, "*.safetensors").Any(File.Exists);
        return whole ? snapshot : null;
    }

    /// <summary>Whether a commit is known not to have a file.</summary>
    public bool IsAbsent(string repository, string commit, string name) => File.Exists(AbsenceMark(repository, commit, name));

    /// <summary>Remembers that a commit does not have a file.</summary>
    public void SetAbsent(string repository, string commit, string name)
    {
        string path = AbsenceMark(repository, commit, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, []);
    }

    /// <summary>Where a file's bytes lie.</summary>
    public string Blob(string repository, string etag)
    {
        string blobs = Path.Combine(Repository(repository), "blobs");
        Directory.CreateDirectory(blobs);
        return SafePath.Under(blobs, etag);
    }

    /// <summary>Makes a blob a file of a snapshot: a link, or the file itself where the system has no links.</summary>
    public string Link(string repository, string commit, string name, string blob)
    {
        string path = Nested(Snapshot(repository, commit), name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (File.Exists(path))
        {
            return path;
        }

        File.Delete(path);
        try
        {
            File.CreateSymbolicLink(path, Path.GetRelativePath(Path.GetDirectoryName(path)!, blob));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            File.Move(blob, path);
        }

        return path;
    }

    /// <summary>Waits until nobody else downloads a file, and keeps others waiting until it is disposed.</summary>
    public async Task<IDisposable> LockAsync(string repository, string etag, Action waiting, CancellationToken cancellation)
    {
        Prepare();
        string locks = Path.Combine(folder, ".locks", FolderName(repository));
        Directory.CreateDirectory(locks);
        string path = SafePath.Under(locks, etag + ".lock");
        for (bool told = false; ; told = true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (IsHeld(e))
            {
                if (!told)
                {
                    waiting();
                }

                await Task.Delay(100, cancellation).ConfigureAwait(false);
            }
        }
    }

    private static string FolderName(string repository) => "models--" + repository.Replace("/", "--", StringComparison.Ordinal);

    // Two processes may write the same small file at once: each has a temporary file of its own, and the last one counts.
    private static void Replace(string path, string text)
    {
        string temporary = $"{path}.{Guid.NewGuid():N}";
        File.WriteAllText(temporary, text);
        File.Move(temporary, path, overwrite: true);
    }

    // flock says EWOULDBLOCK (11 on Linux, 35 on macOS), Windows ERROR_SHARING_VIOLATION.
    private static bool IsHeld(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);

    // A name with slashes (a branch, a file in a sub-folder): every part by itself must be a plain name.
    private static string Nested(string root, string name) => name.Split('/').Aggregate(root, SafePath.Under);

    private string Repository(string repository) => SafePath.Under(folder, FolderName(repository));

    private string AbsenceMark(string repository, string commit, string name) =>
        Nested(Path.Combine(Repository(repository), ".no_exist"), commit + "/" + name);

    private void Prepare()
    {
        string tag = Path.Combine(folder, "CACHEDIR.TAG");
        if (!File.Exists(tag))
        {
            Directory.CreateDirectory(folder);
            Replace(tag, Signature);
        }
    }
}
