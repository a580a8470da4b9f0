using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Attune.Hub;

/// <summary>A hub on loopback that does to its clients whatever a test wants: it speaks HTTP by hand, one request a connection.</summary>
internal sealed class FakeHub : IAsyncDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Task accepting;
    private readonly Func<FakeRequest, FakeAnswer> answer;

    public FakeHub(Func<FakeRequest, FakeAnswer> answer)
    {
        this.answer = answer;
        listener.Start();
        accepting = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    /// <summary>What was asked, in order.</summary>
    public ConcurrentQueue<FakeRequest> Requests { get; } = new();

    /// <summary>The requests for a file's bytes.</summary>
    public IEnumerable<FakeRequest> Gets(string name) => Requests.Where(request => request.Method == "GET" && request.Path.EndsWith("/" + name, StringComparison.Ordinal));

    /// <summary>Options for a client of this hub, with times that suit tests.</summary>
    public HubOptions Options(string cache, string? token = null) => new()
    {
        Endpoint = Address,
        Cache = cache,
        Token = token,
        AnswerTimeout = TimeSpan.FromSeconds(60),
        RetryDelay = TimeSpan.FromMilliseconds(1),
    };

    /// <summary>The answers of an honest hub that holds one model.</summary>
    public static FakeAnswer Honest(FakeRequest request, IReadOnlyDictionary<string, byte[]> files, string repository = "org/name")
    {
        if (request.Path.StartsWith($"/api/models/{repository}/revision/", StringComparison.Ordinal))
        {
            string siblings = string.Join(',', files.Keys.Select(name => $$"""{"rfilename":"{{name}}"}"""));
            return new FakeAnswer { Body = Encoding.UTF8.GetBytes($$"""{"id":"{{repository}}","sha":"{{Commit}}","siblings":[{{siblings}}]}""") };
        }

        string[] parts = request.Path.Split("/resolve/", 2);
        string name = parts.Length == 2 ? Uri.UnescapeDataString(parts[1][(parts[1].IndexOf('/', StringComparison.Ordinal) + 1)..]) : "";
        if (parts[0] != "/" + repository)
        {
            return new FakeAnswer { Status = 404, Headers = { ["X-Error-Code"] = "RepoNotFound" } };
        }

        if (!files.TryGetValue(name, out byte[]? body))
        {
            return new FakeAnswer { Status = 404, Headers = { ["X-Error-Code"] = "EntryNotFound", ["X-Repo-Commit"] = Commit } };
        }

        FakeAnswer answer = name.EndsWith(".safetensors", StringComparison.Ordinal) || name.EndsWith(".gguf", StringComparison.Ordinal)
            ? new FakeAnswer { Headers = { ["X-Linked-Etag"] = $"\"{Sha256(body)}\"", ["X-Linked-Size"] = body.Length.ToString(CultureInfo.InvariantCulture) } }
            : new FakeAnswer { Headers = { ["ETag"] = $"\"{Sha256(body)[..40]}\"" } };
        answer.Headers["X-Repo-Commit"] = Commit;
        answer.Body = body;
        return answer.Ranged(request);
    }

    public static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> serving = [];
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await listener.AcceptTcpClientAsync(stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                FakeRequest? request = await FakeRequest.ReadAsync(stream, stop.Token);
                if (request is not null)
                {
                    Requests.Enqueue(request);
                    await answer(request).WriteAsync(stream, request, client.Client, stop.Token);
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
            {
                // The client went away, or the test is over.
            }
        }
    }
}

internal sealed record FakeRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The first byte asked for.</summary>
    public int From => Headers.TryGetValue("range", out string? range) ? int.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture) : 0;

    public static async Task<FakeRequest?> ReadAsync(NetworkStream stream, CancellationToken cancellation)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
        if (await reader.ReadLineAsync(cancellation) is not { } first)
        {
            return null;
        }

        Dictionary<string, string> headers = [];
        while (await reader.ReadLineAsync(cancellation) is { Length: > 0 } line)
        {
            string[] pair = line.Split(':', 2);
            headers[pair[0].ToLowerInvariant()] = pair[1].Trim();
        }

        string[] parts = first.Split(' ');
        return new FakeRequest(parts[0], parts[1], headers);
    }
}

internal sealed class FakeAnswer
{
    public int Status { get; set; } = 200;

    public Dictionary<string, string> Headers { get; } = [];

    public byte[] Body { get; set; } = [];

    /// <summary>The body's length as announced; null: the true one.</summary>
    public int? Announced { get; set; }

    /// <summary>The connection is torn down after so many bytes of the body; null: it is sent whole.</summary>
    public int? CutAfter { get; set; }

    /// <summary>The pause after each byte.</summary>
    public TimeSpan PauseAfterByte { get; set; }

    /// <summary>The pause before the answer.</summary>
    public TimeSpan PauseBefore { get; set; }

    /// <summary>What the answer waits for.</summary>
    public Task Before { get; set; } = Task.CompletedTask;

    /// <summary>The part of the body that was asked for.</summary>
    public FakeAnswer Ranged(FakeRequest request)
    {
        int from = request.From;
        if (from > 0 && from >= Body.Length)
        {
            Status = 416;
            Body = [];
        }
        else if (from > 0)
        {
            Status = 206;
            Headers["Content-Range"] = $"bytes {from}-{Body.Length - 1}/{Body.Length}";
            Body = Body[from..];
        }

        return this;
    }

    public async Task WriteAsync(NetworkStream stream, FakeRequest request, Socket socket, CancellationToken cancellation)
    {
        await Before.WaitAsync(cancellation);
        await Task.Delay(PauseBefore, cancellation);
        var head = new StringBuilder($"HTTP/1.1 {Status} Whatever\r\nContent-Length: {Announced ?? Body.Length}\r\nConnection: close\r\n");
        foreach ((string name, string value) in Headers)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        await stream.WriteAsync(Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), cancellation);
        byte[] body = request.Method == "HEAD" ? [] : Body[..Math.Min(CutAfter ?? Body.Length, Body.Length)];
        if (PauseAfterByte == TimeSpan.Zero)
        {
            await stream.WriteAsync(body, cancellation);
        }
        else
        {
            foreach (byte one in body)
            {
                await stream.WriteAsync(new[] { one }, cancellation);
                await Task.Delay(PauseAfterByte, cancellation);
            }
        }

        socket.Shutdown(SocketShutdown.Send);
    }
}
