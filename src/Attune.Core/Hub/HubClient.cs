using System.Text.Json;
using Attune.Formats;

namespace Attune.Hub;

/// <summary>
/// Fetches models from the Hugging Face hub into the cache that huggingface_hub uses too, and finds them there again. Downloads go
/// on where they stopped, are checked, and happen once, however many processes want the file.
/// </summary>
public sealed class HubClient : IDisposable
{
    private const int MostInfoBytes = 32 * 1024 * 1024;

    private readonly HubOptions options;
    private readonly HubCache cache;
    private readonly HubHttp http;

    /// <summary>Creates a client.</summary>
    /// <param name="options">Where models come from and where they are kept; null: what the environment says.</param>
    public HubClient(HubOptions? options = null)
    {
        this.options = options ?? HubOptions.FromEnvironment();
        cache = new HubCache(this.options.Cache);
        http = new HubHttp(this.options);
    }

    /// <summary>The folder with what a model needs: its description, tokenizer and safetensors weights, in Hugging Face's layout.</summary>
    /// <param name="repository"><c>org/name</c>.</param>
    /// <param name="revision">A branch, a tag or a commit; null: <c>main</c>.</param>
    /// <param name="progress">Is told how far it is, some ten times a second.</param>
    /// <param name="cancellation">Ends it; what is here stays and is not fetched again.</param>
    /// <returns>The folder. Where the hub cannot be reached (or is not to be), what the cache has whole of the revision.</returns>
    /// <exception cref="AttuneException">There is no such model, it is gated, it has no weights that Attune reads, the network or the disk fails.</exception>
    public Task<string> SnapshotAsync(string repository, string? revision = null, IProgress<HubProgress>? progress = null, CancellationToken cancellation = default) =>
        GuardedAsync(async () =>
        {
            revision = Checked(repository, revision);
            if (options.Offline)
            {
                return cache.Whole(repository, revision) ?? throw NotCached(repository, revision);
            }

            (string Commit, IReadOnlyList<string> Names) info;
            try
            {
                info = await InfoAsync(repository, revision, cancellation).ConfigureAwait(false);
            }
            catch (AttuneException e) when (e.ExitCode == ExitCode.TryAgain && cache.Whole(repository, revision) is { } cached)
            {
                progress?.Report(new HubProgress(repository, "", 0, null, e.Message + "; going on with what is in the cache"));
                return cached;
            }

            foreach (string name in HubFiles.Needed(repository, info.Names))
            {
                await FetchAsync(repository, info.Commit, name, progress, cancellation).ConfigureAwait(false);
            }

            cache.SetCommit(repository, revision, info.Commit);
            return cache.Snapshot(repository, info.Commit);
        });

    /// <summary>One file of a repository, for example a <c>.gguf</c>.</summary>
    /// <param name="repository"><c>org/name</c>.</param>
    /// <param name="name">The file's name in it.</param>
    /// <param name="revision">A branch, a tag or a commit; null: <c>main</c>.</param>
    /// <param name="progress">Is told how far it is, some ten times a second.</param>
    /// <param name="cancellation">Ends it; what is here stays and is not fetched again.</param>
    /// <returns>The file's path.</returns>
    /// <exception cref="AttuneException">There is no such model or file, it is gated, the network or the disk fails.</exception>
    public Task<string> FileAsync(string repository, string name, string? revision = null, IProgress<HubProgress>? progress = null, CancellationToken cancellation = default) =>
        GuardedAsync(async () =>
        {
            revision = Checked(repository, revision);
            string? commit = cache.Commit(repository, revision);
            string? cached = commit is null ? null : cache.Find(repository, commit, name);
            if (cached is not null && (options.Offline || HubReference.IsCommit(revision)))
            {
                return cached;
            }

            if (commit is not null && HubReference.IsCommit(revision) && cache.IsAbsent(repository, commit, name))
            {
                throw new AttuneException(ExitCode.MissingInput, $"{repository}/{name}", $"is not in the commit {commit}", "check the name and model.revision");
            }

            if (options.Offline)
            {
                throw NotCached($"{repository}/{name}", revision);
            }

            try
            {
                return await FetchAsync(repository, revision, name, progress, cancellation).ConfigureAwait(false);
            }
            catch (AttuneException e) when (e.ExitCode == ExitCode.TryAgain && cached is not null)
            {
                progress?.Report(new HubProgress(repository, name, 0, null, e.Message + "; going on with what is in the cache"));
                return cached;
            }
        });

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private static string Escaped(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    private static string Checked(string repository, string? revision)
    {
        if (!HubReference.IsRepository(repository))
        {
            throw new AttuneException(ExitCode.Usage, null, $"{Names.Quote(repository)} is no model's name on the hub", "write it as org/name, or give a folder or a .gguf file that exists");
        }

        revision ??= "main";
        return revision.Length <= 255 && HubReference.IsPath(revision) ? revision
            : throw new AttuneException(ExitCode.Usage, null, $"{Names.Quote(revision)} is no branch, tag or commit of {repository}", "check model.revision");
    }

    private AttuneException NotCached(string what, string revision) => new(
        ExitCode.MissingInput, what, $"is not (whole) in the cache {options.Cache} in the revision {revision}, and HF_HUB_OFFLINE forbids to ask the hub",
        "unset HF_HUB_OFFLINE once, or name a folder or a .gguf file");

    // Everything that can go wrong with the cache's files comes out as one kind of error.
    private async Task<string> GuardedAsync(Func<Task<string>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AttuneException(ExitCode.Disk, options.Cache, "the cache cannot be used: " + e.Message.TrimEnd('.'), "make room or give rights, or set HF_HOME to another folder", e);
        }
    }

    private async Task<(string Commit, IReadOnlyList<string> Names)> InfoAsync(string repository, string revision, CancellationToken cancellation)
    {
        Uri address = http.Address($"api/models/{repository}/revision/{Uri.EscapeDataString(revision)}");
        byte[] json = await http.ReadAsync(address, repository, MostInfoBytes, cancellation).ConfigureAwait(false);
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            string commit = document.RootElement.GetProperty("sha").GetString() ?? "";
            List<string> names = [.. document.RootElement.GetProperty("siblings").EnumerateArray().Select(file => file.GetProperty("rfilename").GetString() ?? "")];
            return HubReference.IsCommit(commit) ? (commit, names) : throw new KeyNotFoundException("sha");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new AttuneException(ExitCode.BadData, address.ToString(), "the answer is not the hub's: " + e.Message.TrimEnd('.'), "check HF_ENDPOINT and the proxy's settings", e);
        }
    }

    private async Task<string> FetchAsync(string repository, string revision, string name, IProgress<HubProgress>? progress, CancellationToken cancellation)
    {
        if (!HubReference.IsPath(name))
        {
            throw new AttuneException(ExitCode.BadData, repository, $"{Names.Quote(name)} is no plain file name (letters, digits, '.', '-', '_')");
        }

        if (HubReference.IsCommit(revision) && cache.Find(repository, revision, name) is { } cached)
        {
            return cached;
        }

        Uri address = http.Address($"{repository}/resolve/{Uri.EscapeDataString(revision)}/{Escaped(name)}");
        HubFileInfo info = await http.FileInfoAsync(address, repository, name, absentIn => cache.SetAbsent(repository, absentIn, name), cancellation).ConfigureAwait(false);
        string commit = HubReference.IsCommit(revision) ? revision : info.Commit;
        string blob = cache.Blob(repository, info.Etag);
        void Report(long done, string? note = null) => progress?.Report(new HubProgress(repository, name, done, info.Size, note));
        using (await cache.LockAsync(repository, info.Etag, () => Report(0, "another process is downloading this file: waiting"), cancellation).ConfigureAwait(false))
        {
            if (cache.Find(repository, commit, name) is null && !File.Exists(blob))
            {
                var download = new HubDownload(http, options, repository, name, address, info);
                await download.ToAsync(blob, done => Report(done), cancellation).ConfigureAwait(false);
            }

            string path = cache.Link(repository, commit, name, blob);
            cache.SetCommit(repository, revision, commit);
            return path;
        }
    }
}
