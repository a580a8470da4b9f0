using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Attune.Hub;

/// <summary>Requests to the hub: who asks, where redirects may lead, how long an answer may take, what its errors mean.</summary>
internal sealed class HubHttp : IDisposable
{
    private const int MostRedirects = 8;

    private readonly HubOptions options;
    private readonly HttpClient http;

    public HubHttp(HubOptions options)
    {
        this.options = options;
        http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = options.AnswerTimeout,
            UseCookies = false,
        });
        http.Timeout = Timeout.InfiniteTimeSpan;
        http.DefaultRequestHeaders.UserAgent.ParseAdd("attune/" + typeof(HubHttp).Assembly.GetName().Version?.ToString(3));
        http.DefaultRequestHeaders.AcceptEncoding.ParseAdd("identity");
    }

    /// <summary>The address of something on the hub.</summary>
    public Uri Address(string path) => new(options.Endpoint.AbsoluteUri.TrimEnd('/') + "/" + path);

    /// <summary>Asks, and asks again where the answer is that the hub is busy or there is none.</summary>
    /// <param name="method">GET or HEAD.</param>
    /// <param name="address">Where.</param>
    /// <param name="repository">For messages.</param>
    /// <param name="from">The first byte that is wanted.</param>
    /// <param name="stopAt">A redirect that says enough by itself and is not followed.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>An answer of success (or that redirect, or 416: nothing behind <paramref name="from"/>), its body not read yet.</returns>
    /// <exception cref="AttuneException">Any other answer, with what to do about it.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, Uri address, string repository, long from, Func<HttpResponseMessage, bool> stopAt, CancellationToken cancellation)
    {
        TimeSpan delay = options.RetryDelay;
        for (int attempt = 1; ; attempt++, delay *= 2)
        {
            AttuneException error;
            try
            {
                HttpResponseMessage answer = await FollowAsync(method, address, repository, from, stopAt, cancellation).ConfigureAwait(false);
                if (IsGood(answer) || stopAt(answer))
                {
                    return answer;
                }

                using (answer)
                {
                    error = HubError.From(answer, repository);
                    if (!IsBusy(answer.StatusCode))
                    {
                        throw error;
                    }
                }
            }
            catch (Exception e) when (IsOutage(e, cancellation))
            {
                error = HubError.Unreachable(address, e);
            }

            if (attempt >= options.Attempts)
            {
                throw error;
            }

            await Task.Delay(delay, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>What the hub says of a file, without fetching it.</summary>
    /// <param name="address">The file's address.</param>
    /// <param name="repository">For messages.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <param name="absent">Is told the commit where that has no such file.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<HubFileInfo> FileInfoAsync(Uri address, string repository, string name, Action<string> absent, CancellationToken cancellation)
    {
        // A large file's redirect to its store already has the hash: the store itself need not be asked.
        static bool Suffices(HttpResponseMessage answer) =>
            HubError.Header(answer, "X-Linked-Etag") is not null || HubError.Header(answer, "X-Error-Code") == "EntryNotFound";
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Head, address, repository, 0, Suffices, cancellation).ConfigureAwait(false);
        string commit = HubError.Header(answer, "X-Repo-Commit") ?? "";
        if (!IsGood(answer) && (int)answer.StatusCode >= 400)
        {
            if (HubReference.IsCommit(commit))
            {
                absent(commit);
            }

            throw HubError.From(answer, $"{repository}/{name}");
        }

        string? etag = HubError.Header(answer, "X-Linked-Etag") ?? HubError.Header(answer, "ETag");
        if (etag?.Replace("W/", "", StringComparison.Ordinal).Trim('"') is not { Length: > 0 } hash || !HubReference.IsCommit(commit))
        {
            throw new AttuneException(ExitCode.BadData, address.ToString(), "the answer is not the hub's: it has no hash or no commit", "check HF_ENDPOINT and the proxy's settings");
        }

        bool linked = long.TryParse(HubError.Header(answer, "X-Linked-Size"), NumberStyles.None, CultureInfo.InvariantCulture, out long size);
        return new HubFileInfo(commit, hash, linked ? size : answer.Content.Headers.ContentLength);
    }

    /// <summary>A short answer's body.</summary>
    public async Task<byte[]> ReadAsync(Uri address, string repository, int mostBytes, CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Get, address, repository, 0, _ => false, cancellation).ConfigureAwait(false);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.StallTimeout);
        try
        {
            await answer.Content.LoadIntoBufferAsync(mostBytes, limit.Token).ConfigureAwait(false);
            return await answer.Content.ReadAsByteArrayAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (IsOutage(e, cancellation))
        {
            throw HubError.Unreachable(address, e);
        }
    }

    public void Dispose() => http.Dispose();

    /// <summary>Whether an exception says that the network, not the request, is at fault.</summary>
    internal static bool IsOutage(Exception e, CancellationToken cancellation) =>
        e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellation.IsCancellationRequested);

    private static bool IsGood(HttpResponseMessage answer) =>
        answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable;

    private static bool IsBusy(HttpStatusCode status) => status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout
        or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    private async Task<HttpResponseMessage> FollowAsync(
        HttpMethod method, Uri address, string repository, long from, Func<HttpResponseMessage, bool> stopAt, CancellationToken cancellation)
    {
        for (int redirects = 0; ; redirects++)
        {
            HttpResponseMessage answer = await AskAsync(method, address, from, cancellation).ConfigureAwait(false);
            if ((int)answer.StatusCode is not (301 or 302 or 303 or 307 or 308) || stopAt(answer))
            {
                return answer;
            }

            using (answer)
            {
                Uri? target = answer.Headers.Location is { } location ? new Uri(address, location) : null;
                bool allowed = target is not null && (target.Scheme == "https" || (target.Scheme == "http" && address.Scheme == "http"));
                if (!allowed || redirects == MostRedirects)
                {
                    string where = target is null ? "nowhere" : target.GetLeftPart(UriPartial.Authority);
                    throw new AttuneException(ExitCode.BadData, repository,
                        allowed ? $"{address.Host} redirects in a circle" : $"{address.Host} redirects to {where}, which is not followed",
                        "check HF_ENDPOINT and the proxy's settings");
                }

                address = target!;
            }
        }
    }

    private async Task<HttpResponseMessage> AskAsync(HttpMethod method, Uri address, long from, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, address);
        if (from > 0)
        {
            request.Headers.Range = new RangeHeaderValue(from, null);
        }

        // The token is for the hub alone: not for the stores that it redirects to.
        if (options.Token is { } token && address.Scheme == options.Endpoint.Scheme && address.Authority == options.Endpoint.Authority)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.AnswerTimeout);
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
    }
}
