using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using Attune.Formats;

namespace Attune.Hub;

/// <summary>
/// Brings one file here, over as many connections as it takes. What an earlier attempt brought is not fetched again; nothing counts
/// as the file before its length and its hash are right.
/// </summary>
internal sealed class HubDownload(HubHttp http, HubOptions options, string repository, string name, Uri address, HubFileInfo expected)
{
    private const int ReportMilliseconds = 100;

    // A connection that brings less has brought nothing: a server could go on for ever.
    private const int LeastOfConnection = 4096;

    private readonly string file = $"{repository}/{name}";
    private readonly Stopwatch sinceReport = Stopwatch.StartNew();
    private int restarts;

    /// <summary>Downloads to a path.</summary>
    /// <param name="path">The file, which is not there yet; <c>.incomplete</c> is appended while it is not whole.</param>
    /// <param name="report">Is told now and then how many bytes are here.</param>
    /// <param name="cancellation">Ends it; what is here stays.</param>
    /// <exception cref="AttuneException">The hub's answer, a wrong length or hash, a server too slow, or a full disk.</exception>
    public async Task ToAsync(string path, Action<long> report, CancellationToken cancellation)
    {
        string incomplete = path + ".incomplete";
        CheckSpace(incomplete);
        bool resumed = await FetchAsync(incomplete, report, cancellation).ConfigureAwait(false);
        if (await ProblemAsync(incomplete, cancellation).ConfigureAwait(false) is { } problem)
        {
            // What an earlier attempt left may be what is wrong: once more from the beginning.
            File.Delete(incomplete);
            if (!resumed)
            {
                throw Wrong(problem);
            }

            await FetchAsync(incomplete, report, cancellation).ConfigureAwait(false);
            if (await ProblemAsync(incomplete, cancellation).ConfigureAwait(false) is { } again)
            {
                File.Delete(incomplete);
                throw Wrong(again);
            }
        }

        File.Move(incomplete, path, overwrite: true);
        AtomicFile.FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <returns>Whether there were bytes of an earlier attempt.</returns>
    private async Task<bool> FetchAsync(string incomplete, Action<long> report, CancellationToken cancellation)
    {
        var stream = new FileStream(incomplete, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, 1 << 16, FileOptions.Asynchronous);
        await using (stream.ConfigureAwait(false))
        {
            if (stream.Length > expected.Size)
            {
                stream.SetLength(0);
            }

            stream.Position = stream.Length;
            bool resumed = stream.Length > 0;
            TimeSpan delay = options.RetryDelay;
            for (int vain = 0; stream.Position != expected.Size;)
            {
                long before = stream.Position;
                bool ended = await ConnectionAsync(stream, report, cancellation).ConfigureAwait(false);
                if (ended && expected.Size is null)
                {
                    break;
                }

                bool brought = stream.Position - before >= LeastOfConnection;
                vain = brought ? 0 : vain + 1;
                if (stream.Position != expected.Size)
                {
                    if (vain >= options.Attempts || restarts >= options.Attempts)
                    {
                        throw new AttuneException(ExitCode.TryAgain, file, $"the connection ends at byte {stream.Position:N0} of {expected.Size:N0} again and again",
                            "try again later: what is here already stays");
                    }

                    await Task.Delay(delay, cancellation).ConfigureAwait(false);
                    delay = brought ? options.RetryDelay : delay * 2;
                }
            }

            await stream.FlushAsync(cancellation).ConfigureAwait(false);
            stream.Flush(flushToDisk: true);
            report(stream.Position);
            return resumed;
        }
    }

    /// <returns>Whether the body ended as its server announced; false where the connection broke or brought nothing that fits.</returns>
    private async Task<bool> ConnectionAsync(FileStream stream, Action<long> report, CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await http.SendAsync(HttpMethod.Get, address, repository, stream.Position, _ => false, cancellation).ConfigureAwait(false);
        if (answer.StatusCode != HttpStatusCode.PartialContent || answer.Content.Headers.ContentRange?.From != stream.Position)
        {
            // The server does not know Range (it sends all of the file), or has less than what is here already.
            restarts += stream.Position > 0 ? 1 : 0;
            stream.SetLength(0);
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                return false;
            }
        }

        var pace = new Pace(options);
        byte[] buffer = new byte[1 << 16];
        while (true)
        {
            int count;
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                limit.CancelAfter(options.StallTimeout);
                Stream body = await answer.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
                count = await body.ReadAsync(buffer, limit.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (HubHttp.IsOutage(e, cancellation))
            {
                return false;
            }

            if (count == 0)
            {
                return true;
            }

            await stream.WriteAsync(buffer.AsMemory(0, count), cancellation).ConfigureAwait(false);
            if (stream.Position > expected.Size)
            {
                stream.SetLength(0);
                throw Wrong($"is longer than the {expected.Size:N0} bytes that the hub announced");
            }

            if (!pace.Brought(count))
            {
                throw new AttuneException(ExitCode.TryAgain, file,
                    $"comes at less than {options.LeastBytesPerSecond} bytes a second", "try again later: what is here already stays");
            }

            if (sinceReport.ElapsedMilliseconds >= ReportMilliseconds)
            {
                sinceReport.Restart();
                report(stream.Position);
            }
        }
    }

    private async Task<string?> ProblemAsync(string incomplete, CancellationToken cancellation)
    {
        if (expected.Sha256 is not { } wanted)
        {
            return null;
        }

        FileStream stream = File.OpenRead(incomplete);
        await using (stream.ConfigureAwait(false))
        {
            string found = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation).ConfigureAwait(false));
            return found == wanted ? null : $"has the SHA-256 {found}, but the hub announced {wanted}";
        }
    }

    private void CheckSpace(string incomplete)
    {
        long here = File.Exists(incomplete) ? new FileInfo(incomplete).Length : 0;
        string folder = Path.GetDirectoryName(incomplete)!;
        long free = folder.StartsWith(@"\\", StringComparison.Ordinal) ? long.MaxValue : new DriveInfo(folder).AvailableFreeSpace; // a network share is no drive
        if (expected.Size is { } size && size - here > free)
        {
            throw new AttuneException(ExitCode.Disk, folder, $"{file} needs {size - here:N0} bytes and {free:N0} are free", "make room, or set HF_HOME to a folder on a larger disk");
        }
    }

    private AttuneException Wrong(string problem) =>
        new(ExitCode.BadData, file, problem, "try again; if it stays so, the hub or a proxy on the way changes the file");

    /// <summary>Tells a download from a server that sends a byte now and then to keep the connection open.</summary>
    private sealed class Pace(HubOptions options)
    {
        private readonly Stopwatch clock = Stopwatch.StartNew();
        private long bytes;

        /// <returns>False where the last stretch of time brought too little.</returns>
        public bool Brought(int count)
        {
            bytes += count;
            if (clock.Elapsed < options.StallTimeout)
            {
                return true;
            }

            bool enough = bytes >= options.LeastBytesPerSecond * clock.Elapsed.TotalSeconds;
            clock.Restart();
            bytes = 0;
            return enough;
        }
    }
}

/// <summary>What the hub says of a file before it is fetched.</summary>
/// <param name="Commit">The commit.</param>
/// <param name="Etag">The hash by which it is kept.</param>
/// <param name="Size">Its bytes; null where the hub does not say.</param>
internal sealed record HubFileInfo(string Commit, string Etag, long? Size)
{
    /// <summary>The hash of large files; null for small ones, whose hash is git's.</summary>
    public string? Sha256 => Etag.Length == 64 && Etag.All(char.IsAsciiHexDigitLower) ? Etag : null;
}
