using System.Text;

namespace Attune.Hub;

public sealed class HubClientTests : IDisposable
{
    private static readonly byte[] Weights = Bytes(300_000, 1);

    private static readonly Dictionary<string, byte[]> Model = new()
    {
        ["config.json"] = "{}"u8.ToArray(),
        ["tokenizer.json"] = Bytes(5_000, 2),
        ["model.safetensors"] = Weights,
        ["README.md"] = Bytes(100, 3),
        ["pytorch_model.bin"] = Bytes(100, 4),
    };

    private readonly TemporaryFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_snapshot_has_what_a_model_needs_in_the_layout_of_huggingface_hub()
    {
        await using var hub = new FakeHub(request => FakeHub.Honest(request, Model));
        using var client = new HubClient(hub.Options(folder.Path));
        List<HubProgress> progress = [];
        string path = await client.SnapshotAsync("org/name", null, new Immediate(progress.Add), Cancellation);

        Assert.Equal(folder["models--org--name/snapshots/" + FakeHub.Commit], path);
        Assert.Equal(["config.json", "model.safetensors", "tokenizer.json"], Directory.GetFiles(path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(Weights, await File.ReadAllBytesAsync(Path.Combine(path, "model.safetensors"), Cancellation));
        Assert.Equal("../../blobs/" + FakeHub.Sha256(Weights), new FileInfo(Path.Combine(path, "model.safetensors")).LinkTarget);
        Assert.Equal(FakeHub.Commit, await File.ReadAllTextAsync(folder["models--org--name/refs/main"], Cancellation));
        Assert.StartsWith("Signature: 8a477f597d28d172789f06886806bc55", await File.ReadAllTextAsync(folder["CACHEDIR.TAG"], Cancellation), StringComparison.Ordinal);
        Assert.True(File.Exists(folder[$".locks/models--org--name/{FakeHub.Sha256(Weights)}.lock"]));
        Assert.Equal(new HubProgress("org/name", "model.safetensors", Weights.Length, Weights.Length), progress.Last(p => p.File == "model.safetensors"));
        Assert.Equal(Weights, await File.ReadAllBytesAsync(Formats.SafePath.Under(path, "model.safetensors"), Cancellation));

        // Again: one question, which commit it is now, and no file.
        int before = hub.Requests.Count;
        Assert.Equal(path, await client.SnapshotAsync("org/name", null, null, Cancellation));
        Assert.Equal(before + 1, hub.Requests.Count);
    }

    [Fact]
    public async Task Shards_of_the_index_are_taken_and_other_copies_of_the_weights_are_not()
    {
        Dictionary<string, byte[]> model = new()
        {
            ["config.json"] = "{}"u8.ToArray(),
            ["model.safetensors.index.json"] = """{"weight_map":{"a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors"}}"""u8.ToArray(),
            ["model-00001-of-00002.safetensors"] = Bytes(10, 1),
            ["model-00002-of-00002.safetensors"] = Bytes(10, 2),
            ["model.fp16-00001-of-00001.safetensors"] = Bytes(10, 3),
            ["consolidated.safetensors"] = Bytes(10, 4),
            ["onnx/model.safetensors"] = Bytes(10, 5),
            ["1_Pooling/config.json"] = "{}"u8.ToArray(),
        };
        await using var hub = new FakeHub(request => FakeHub.Honest(request, model));
        using var client = new HubClient(hub.Options(folder.Path));
        string path = await client.SnapshotAsync("org/name", "main", null, Cancellation);
        Assert.Equal(
            ["1_Pooling/config.json", "config.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json"],
            Directory.GetFiles(path, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(path, file)).Order(StringComparer.Ordinal));
        Assert.Equal("../../../blobs/" + Path.GetFileName(new FileInfo(Path.Combine(path, "config.json")).LinkTarget), new FileInfo(Path.Combine(path, "1_Pooling/config.json")).LinkTarget);
    }

    [Theory]
    [InlineData("model.Q4_1.gguf", "name one of them: org/name/model.Q4_1.gguf")]
    [InlineData("pytorch_model.bin", "safe_serialization=True")]
    [InlineData("README.md", "choose the repository of a model")]
    public async Task A_repository_without_weights_is_refused_with_what_to_do(string file, string cure)
    {
        await using var hub = new FakeHub(request => FakeHub.Honest(request, new Dictionary<string, byte[]> { [file] = [1] }));
        using var client = new HubClient(hub.Options(folder.Path));
        var e = await Assert.ThrowsAsync<AttuneException>(() => client.SnapshotAsync("org/name", null, null, Cancellation));
        Assert.Equal(ExitCode.MissingInput, e.ExitCode);
        Assert.Contains(cure, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Twenty_cuts_at_random_offsets_bring_the_same_file()
    {
        var random = new Random(5);
        int cuts = 0;
        await using var hub = new FakeHub(request =>
        {
            FakeAnswer answer = FakeHub.Honest(request, Model);
            if (request.Method == "GET" && request.Path.EndsWith("model.safetensors", StringComparison.Ordinal) && cuts++ < 20)
            {
                answer.CutAfter = random.Next(4_096, 15_000);
            }

            return answer;
        });
        using var client = new HubClient(hub.Options(folder.Path));
        string path = await client.SnapshotAsync("org/name", null, null, Cancellation);
        Assert.Equal(Weights, await File.ReadAllBytesAsync(Path.Combine(path, "model.safetensors"), Cancellation));
        List<FakeRequest> gets = [.. hub.Gets("model.safetensors")];
        Assert.Equal(21, gets.Count);
        Assert.Equal(gets.Select(get => get.From).Distinct().Order(), gets.Select(get => get.From));
    }

    [Fact]
    public async Task What_an_interrupted_process_left_is_not_fetched_again()
    {
        await using var hub = new FakeHub(request => FakeHub.Honest(request, Model));
        string blobs = folder["models--org--name/blobs"];
        Directory.CreateDirectory(blobs);
        await File.WriteAllBytesAsync(Path.Combine(blobs, FakeHub.Sha256(Weights) + ".incomplete"), Weights[..123_456], Cancellation);
        using var client = new HubClient(hub.Options(folder.Path));
        string path = await client.FileAsync("org/name", "model.safetensors", null, null, Cancellation);
        Assert.Equal(Weights, await File.ReadAllBytesAsync(path, Cancellation));
        Assert.Equal(123_456, Assert.Single(hub.Gets("model.safetensors")).From);
        Assert.Empty(Directory.GetFiles(blobs, "*.incomplete"));
    }

    [Theory]
    [InlineData(123_456)]
    [InlineData(300_000)]
    [InlineData(400_000)]
    public async Task What_was_left_but_is_wrong_is_fetched_anew(int length)
    {
        await using var hub = new FakeHub(request => FakeHub.Honest(request, Model));
        string blobs = folder["models--org--name/blobs"];
        Directory.CreateDirectory(blobs);
        await File.WriteAllBytesAsync(Path.Combine(blobs, FakeHub.Sha256(Weights) + ".incomplete"), new byte[length], Cancellation);
        using var client = new HubClient(hub.Options(folder.Path));
        Assert.Equal(Weights, await File.ReadAllBytesAsync(await client.FileAsync("org/name", "model.safetensors", null, null, Cancellation), Cancellation));
    }

    [Fact]
    public async Task A_server_that_ignores_Range_is_noticed()
    {
        int gets = 0;
        await using var hub = new FakeHub(request =>
        {
            FakeAnswer answer = FakeHub.Honest(request with { Headers = new Dictionary<string, string>() }, Model);
            if (request.Method == "GET" && request.Path.EndsWith("model.safetensors", StringComparison.Ordinal) && gets++ < 2)
            {
                answer.CutAfter = 100_000;
            }

            return answer;
        });
        using var client = new HubClient(hub.Options(folder.Path));
        Assert.Equal(Weights, await File.ReadAllBytesAsync(await client.FileAsync("org/name", "model.safetensors", null, null, Cancellation), Cancellation));
        Assert.Equal([0, 100_000, 100_000], hub.Gets("model.safetensors").Select(get => get.From));
    }

    [Theory]
    [InlineData("cut", ExitCode.TryAgain, "the connection ends at byte")]
    [InlineData("cut, no range", ExitCode.TryAgain, "the connection ends at byte")]
    [InlineData("short", ExitCode.TryAgain, "the connection ends at byte")]
    [InlineData("long", ExitCode.BadData, "is longer than the 300,000 bytes")]
    [InlineData("wrong", ExitCode.BadData, "but the hub announced")]
    [InlineData("announces too much", ExitCode.TryAgain, "the connection ends at byte")]
    [InlineData("other range", ExitCode.TryAgain, "the connection ends at byte")]
    public async Task A_server_that_never_sends_the_file_is_given_up_and_nothing_counts_as_the_file(string kind, ExitCode exit, string message)
    {
        await using var hub = new FakeHub(request =>
        {
            FakeAnswer answer = FakeHub.Honest(kind == "cut, no range" ? request with { Headers = new Dictionary<string, string>() } : request, Model);
            if (request.Method == "GET")
            {
                switch (kind)
                {
                    case "cut":
                        answer.CutAfter = 100;
                        break;
                    case "cut, no range":
                        answer.CutAfter = 200_000;
                        break;
                    case "short":
                        answer.Body = request.From == 0 ? answer.Body[..200_000] : [];
                        answer.Status = request.From == 0 ? 200 : 416;
                        break;
                    case "long":
                        answer.Body = [.. answer.Body, 7];
                        break;
                    case "wrong":
                        answer.Body[^1] ^= 1;
                        break;
                    case "announces too much":
                        answer.Announced = answer.Body.Length + 10;
                        answer.CutAfter = answer.Body.Length - 10;
                        break;
                    case "other range":
                        answer.Status = 206;
                        answer.Headers["Content-Range"] = "bytes 7-299999/300000";
                        break;
                }
            }

            return answer;
        });
        using var client = new HubClient(hub.Options(folder.Path));
        var e = await Assert.ThrowsAsync<AttuneException>(() => client.FileAsync("org/name", "model.safetensors", null, null, Cancellation));
        Assert.Equal((exit, "org/name/model.safetensors"), (e.ExitCode, e.Place));
        Assert.Contains(message, e.Problem, StringComparison.Ordinal);
        Assert.False(File.Exists(folder[$"models--org--name/snapshots/{FakeHub.Commit}/model.safetensors"]));
        Assert.False(File.Exists(folder["models--org--name/blobs/" + FakeHub.Sha256(Model["model.safetensors"])]));
        Assert.True(hub.Requests.Count < 20, $"{hub.Requests.Count} requests");
    }

    [Fact]
    public async Task A_server_that_sends_a_byte_now_and_then_is_given_up()
    {
        await using var hub = new FakeHub(request =>
        {
            FakeAnswer answer = FakeHub.Honest(request, Model);
            answer.PauseAfterByte = TimeSpan.FromMilliseconds(request.Method == "GET" ? 50 : 0);
            return answer;
        });
        using var client = new HubClient(hub.Options(folder.Path) with { StallTimeout = TimeSpan.FromSeconds(1) });
        var e = await Assert.ThrowsAsync<AttuneException>(() => client.FileAsync("org/name", "model.safetensors", null, null, Cancellation));
        Assert.Equal((ExitCode.TryAgain, "comes at less than 512 bytes a second"), (e.ExitCode, e.Problem));
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_given_up()
    {
        await using var hub = new FakeHub(request => new FakeAnswer { PauseBefore = TimeSpan.FromSeconds(60) });
        using var client = new HubClient(hub.Options(folder.Path) with { AnswerTimeout = TimeSpan.FromMilliseconds(100), Attempts = 2 });
        var e = await Assert.ThrowsAsync<AttuneException>(() => client.SnapshotAsync("org/name", null, null, Cancellation));
        Assert.Equal((ExitCode.TryAgain, "cannot be reached: no answer in time"), (e.ExitCode, e.Problem));
    }

    [Fact]
    public async Task A_server_that_is_busy_is_asked_again()
    {
        int asked = 0;
        await using var hub = new FakeHub(request => asked++ % 3 < 2 ? new FakeAnswer { Status = asked % 2 == 0 ? 503 : 429 } : FakeHub.Honest(request, Model));
        using var client = new HubClient(hub.Options(folder.Path));
        string path = await client.SnapshotAsync("org/name", null, null, Cancellation);
        Assert.Equal(Weights, await File.ReadAllBytesAsync(Path.Combine(path, "model.safetensors"), Cancellation));
    }

    [Fact]
    public async Task The_token_goes_to_the_hub_and_not_where_it_redirects_to()
    {
        await using var store = new FakeHub(request => new FakeAnswer { Body = Weights }.Ranged(request));
        await using var hub = new FakeHub(request =>
        {
            FakeAnswer answer = FakeHub.Honest(request, Model);
            if (request.Path.EndsWith("model.safetensors", StringComparison.Ordinal))
            {
                answer.Status = 302;
                answer.Headers["Location"] = store.Address + "signed?x=1";
            }

            return answer;
        });
        using var client = new HubClient(hub.Options(folder.Path, "hf_secret"));
        Assert.Equal(Weights, await File.ReadAllBytesAsync(await client.FileAsync("org/name", "model.safetensors", null, null, Cancellation), Cancellation));
        Assert.All(hub.Requests, request => Assert.Equal("Bearer hf_secret", request.Headers["authorization"]));
        FakeRequest stored = Assert.Single(store.Requests);
        Assert.Equal("/signed?x=1", stored.Path);
        Assert.DoesNotContain("authorization", stored.Headers.Keys);
    }

    [Fact]
    public async Task A_renamed_repository_is_followed()
    {
        await using var hub = new FakeHub(request =>
            request.Path.Contains("/old/", StringComparison.Ordinal)
                ? new FakeAnswer { Status = 307, Headers = { ["Location"] = request.Path.Replace("/old/", "/org/", StringComparison.Ordinal) } }
                : FakeHub.Honest(request, Model));
        using var client = new HubClient(hub.Options(folder.Path, "hf_secret"));
        string path = await client.SnapshotAsync("old/name", null, null, Cancellation);
        Assert.Equal(Weights, await File.ReadAllBytesAsync(Path.Combine(path, "model.safetensors"), Cancellation));
        Assert.All(hub.Requests, request => Assert.Equal("Bearer hf_secret", request.Headers["authorization"]));
    }

    [Theory]
    [InlineData("file:///etc/passwd", "redirects to file://")]
    [InlineData("ftp://example.org/x", "redirects to ftp://example.org")]
    [InlineData("/org/name/resolve/main/model.safetensors", "redirects in a circle")]
    public async Task Redirects_elsewhere_than_to_http_or_in_a_circle_are_refused(string location, string message)
    {
        await using var hub = new FakeHub(_ => new FakeAnswer { Status = 301, Headers = { ["Location"] = location } });
        using var client = new HubClient(hub.Options(folder.Path));
        var e = await Assert.ThrowsAsync<AttuneException>(() => client.FileAsync("org/name", "model.safetensors", null, null, Cancellation));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.BadData, e.ExitCode);
    }

    [Fact]
    public async Task Two_clients_download_once()
    {
        var oneWaits = new TaskCompletionSource();
        await using var hub = new FakeHub(request =>
        {
            FakeAnswer answer = FakeHub.Honest(request, Model);
            answer.Before = request.Method == "GET" && request.Path.EndsWith("model.safetensors", StringComparison.Ordinal) ? oneWaits.Task : Task.CompletedTask;
            return answer;
        });
        void Note(HubProgress progress)
        {
            if (progress is { File: "model.safetensors", Note: "another process is downloading this file: waiting" })
            {
                oneWaits.TrySetResult();
            }
        }

        string[] paths = await Task.WhenAll(Enumerable.Range(0, 2).Select(async _ =>
        {
            using var client = new HubClient(hub.Options(folder.Path) with { AnswerTimeout = TimeSpan.FromMinutes(1) });
            return await client.SnapshotAsync("org/name", null, new Immediate(Note), Cancellation);
        }));
        Assert.Equal(paths[0], paths[1]);
        Assert.All(Model.Keys.Take(3), name => Assert.Single(hub.Gets(name)));
    }

    [Fact]
    public async Task The_lock_is_the_one_that_other_processes_take()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/usr/bin/flock"))
        {
            Assert.Skip("flock is absent");
        }

        await using var hub = new FakeHub(request => FakeHub.Honest(request, Model));
        string locks = Directory.CreateDirectory(folder[".locks/models--org--name"]).FullName;
        string held = Path.Combine(locks, FakeHub.Sha256(Weights) + ".lock");
        using var other = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/usr/bin/flock", [held, "-c", "echo held; read line"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("held", await other.StandardOutput.ReadLineAsync(Cancellation));
        using var client = new HubClient(hub.Options(folder.Path));
        ConcurrentNotes notes = new();
        Task<string> download = client.FileAsync("org/name", "model.safetensors", null, new Immediate(notes.Add), Cancellation);
        await Task.Delay(300, Cancellation);
        Assert.False(download.IsCompleted);
        Assert.Empty(hub.Gets("model.safetensors"));
        other.StandardInput.Close();
        Assert.Equal(Weights, await File.ReadAllBytesAsync(await download, Cancellation));
        Assert.Contains("another process is downloading this file: waiting", notes.Texts);
    }

    [Fact]
    public async Task Without_the_network_the_cache_serves_what_it_has_whole()
    {
        string path;
        HubOptions options;
        await using (var hub = new FakeHub(request => FakeHub.Honest(request, Model)))
        {
            options = hub.Options(folder.Path) with { Attempts = 1 };
            using var online = new HubClient(options);
            path = await online.SnapshotAsync("org/name", null, null, Cancellation);
        }

        using var offline = new HubClient(options with { Offline = true });
        Assert.Equal(path, await offline.SnapshotAsync("org/name", null, null, Cancellation));
        Assert.Equal(path, await offline.SnapshotAsync("org/name", FakeHub.Commit, null, Cancellation));
        Assert.Equal(Path.Combine(path, "config.json"), await offline.FileAsync("org/name", "config.json", null, null, Cancellation));
        var e = await Assert.ThrowsAsync<AttuneException>(() => offline.SnapshotAsync("org/other", null, null, Cancellation));
        Assert.Equal(ExitCode.MissingInput, e.ExitCode);
        Assert.Contains("HF_HUB_OFFLINE", e.Message, StringComparison.Ordinal);
        e = await Assert.ThrowsAsync<AttuneException>(() => offline.FileAsync("org/name", "x.gguf", null, null, Cancellation));
        Assert.Equal(ExitCode.MissingInput, e.ExitCode);

        // Not forbidden, but down: the cache, with a note.
        ConcurrentNotes notes = new();
        using var down = new HubClient(options);
        Assert.Equal(path, await down.SnapshotAsync("org/name", null, new Immediate(notes.Add), Cancellation));
        Assert.Contains("going on with what is in the cache", Assert.Single(notes.Texts), StringComparison.Ordinal);
        e = await Assert.ThrowsAsync<AttuneException>(() => down.SnapshotAsync("org/other", null, null, Cancellation));
        Assert.Equal(ExitCode.TryAgain, e.ExitCode);

        // Not whole: not served.
        File.Delete(Path.Combine(path, "model.safetensors"));
        await Assert.ThrowsAsync<AttuneException>(() => offline.SnapshotAsync("org/name", null, null, Cancellation));
    }

    [Theory]
    [InlineData(401, "GatedRepo", ExitCode.MissingInput, "accept its conditions at https://huggingface.co/org/name, then set HF_TOKEN")]
    [InlineData(403, "GatedRepo", ExitCode.MissingInput, "is gated")]
    [InlineData(401, "", ExitCode.MissingInput, "is not on the hub, or is private")]
    [InlineData(404, "RepoNotFound", ExitCode.MissingInput, "is not on the hub, or is private")]
    [InlineData(404, "RevisionNotFound", ExitCode.MissingInput, "has no such revision")]
    [InlineData(404, "", ExitCode.MissingInput, "was not found on http://127.0.0.1")]
    [InlineData(429, "", ExitCode.TryAgain, "too much was asked")]
    [InlineData(502, "", ExitCode.TryAgain, "answers 502")]
    [InlineData(418, "", ExitCode.TryAgain, "answers 418")]
    public async Task A_refusal_says_what_to_do(int status, string code, ExitCode exit, string message)
    {
        await using var hub = new FakeHub(_ => new FakeAnswer { Status = status, Headers = { ["X-Error-Code"] = code } });
        using var client = new HubClient(hub.Options(folder.Path) with { Attempts = 2 });
        var e = await Assert.ThrowsAsync<AttuneException>(() => client.SnapshotAsync("org/name", "v2", null, Cancellation));
        Assert.Equal(exit, e.ExitCode);
        Assert.StartsWith("org/name: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_a_commit_does_not_have_is_remembered()
    {
        await using var hub = new FakeHub(request => FakeHub.Honest(request, Model));
        using var client = new HubClient(hub.Options(folder.Path));
        var e = await Assert.ThrowsAsync<AttuneException>(() => client.FileAsync("org/name", "x.gguf", null, null, Cancellation));
        Assert.StartsWith("org/name/x.gguf: has no such file", e.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(folder[$"models--org--name/.no_exist/{FakeHub.Commit}/x.gguf"]));
        int before = hub.Requests.Count;
        await Assert.ThrowsAsync<AttuneException>(() => client.FileAsync("org/name", "x.gguf", FakeHub.Commit, null, Cancellation));
        Assert.Equal(before, hub.Requests.Count);
    }

    [Theory]
    [InlineData("../../../evil.safetensors")]
    [InlineData("/etc/evil.safetensors")]
    [InlineData("a\\\\..\\\\..\\\\evil.safetensors")]
    [InlineData("C:evil.safetensors")]
    [InlineData("\\u0000evil.safetensors")]
    [InlineData("..safetensors/../../x.safetensors")]
    public async Task Names_that_leave_the_cache_are_refused(string name)
    {
        await using var hub = new FakeHub(request =>
            request.Path.StartsWith("/api/", StringComparison.Ordinal)
                ? new FakeAnswer { Body = Encoding.UTF8.GetBytes($$"""{"sha":"{{FakeHub.Commit}}","siblings":[{"rfilename":"{{name}}"}]}""") }
                : new FakeAnswer { Body = [1], Headers = { ["ETag"] = "\"abc\"", ["X-Repo-Commit"] = FakeHub.Commit } });
        string cache = Directory.CreateDirectory(folder["a/b/c/d/e/f/g/cache"]).FullName;
        using var client = new HubClient(hub.Options(cache));
        var e = await Assert.ThrowsAsync<AttuneException>(() => client.SnapshotAsync("org/name", null, null, Cancellation));
        Assert.NotEqual(ExitCode.TryAgain, e.ExitCode);
        Assert.Empty(Directory.GetFiles(folder.Path, "*evil*", SearchOption.AllDirectories));
        Assert.Empty(Directory.GetFiles(folder.Path, "x.safetensors", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("../x", FakeHub.Commit, "abc")]
    [InlineData("main", "../../../../x", "abc")]
    [InlineData("main", FakeHub.Commit, "../../x")]
    [InlineData("main", FakeHub.Commit, "..")]
    public async Task Revisions_commits_and_hashes_that_leave_the_cache_are_refused(string revision, string commit, string etag)
    {
        await using var hub = new FakeHub(_ => new FakeAnswer { Body = [1], Headers = { ["ETag"] = $"\"{etag}\"", ["X-Repo-Commit"] = commit } });
        using var client = new HubClient(hub.Options(folder["cache"]));
        await Assert.ThrowsAsync<AttuneException>(() => client.FileAsync("org/name", "x", revision, null, Cancellation));
        Assert.All(Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories), file => Assert.NotEqual("x", Path.GetFileName(file)));
    }

    [Theory]
    [InlineData("main", "../../api/whoami-v2")]
    [InlineData("main", "..")]
    [InlineData("main", "a//b")]
    [InlineData("../../../api/whoami-v2", "config.json")]
    [InlineData("..", "config.json")]
    [InlineData("", "config.json")]
    public async Task Dots_that_an_address_would_resolve_are_not_sent_with_the_token(string revision, string name)
    {
        await using var hub = new FakeHub(request => FakeHub.Honest(request, Model));
        using var client = new HubClient(hub.Options(folder.Path, "hf_secret"));
        var e = await Assert.ThrowsAsync<AttuneException>(() => client.FileAsync("org/name", name, revision, null, Cancellation));
        Assert.NotEqual(ExitCode.TryAgain, e.ExitCode);
        Assert.Empty(hub.Requests);
    }

    [Theory]
    [InlineData("a/b/c")]
    [InlineData("../b")]
    [InlineData("a--b/c")]
    [InlineData("a/b.git")]
    [InlineData("a b")]
    [InlineData("")]
    public async Task What_is_no_name_on_the_hub_is_not_asked_for(string repository)
    {
        await using var hub = new FakeHub(request => FakeHub.Honest(request, Model));
        using var client = new HubClient(hub.Options(folder.Path));
        var e = await Assert.ThrowsAsync<AttuneException>(() => client.SnapshotAsync(repository, null, null, Cancellation));
        Assert.Equal(ExitCode.Usage, e.ExitCode);
        Assert.Empty(hub.Requests);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("""{"sha":"main","siblings":[]}""")]
    [InlineData("""{"sha":"0123456789abcdef0123456789abcdef01234567","siblings":{}}""")]
    [InlineData("""{"sha":"0123456789abcdef0123456789abcdef01234567","siblings":[{"name":"x"}]}""")]
    [InlineData("[]")]
    public async Task An_answer_that_is_not_the_hubs_is_refused(string json)
    {
        await using var hub = new FakeHub(_ => new FakeAnswer { Body = Encoding.UTF8.GetBytes(json) });
        using var client = new HubClient(hub.Options(folder.Path));
        var e = await Assert.ThrowsAsync<AttuneException>(() => client.SnapshotAsync("org/name", null, null, Cancellation));
        Assert.Contains("the answer is not the hub's", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_download_goes_on_later()
    {
        bool slow = true;
        using var cancel = new CancellationTokenSource();
        await using var hub = new FakeHub(request =>
        {
            FakeAnswer answer = FakeHub.Honest(request, Model);
            answer.CutAfter = slow && request.Method == "GET" ? 100_000 : null;
            if (slow && request.From > 0)
            {
                answer.PauseBefore = TimeSpan.FromSeconds(60);
                cancel.Cancel();
            }

            return answer;
        });
        using var client = new HubClient(hub.Options(folder.Path));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.FileAsync("org/name", "model.safetensors", null, null, cancel.Token));
        slow = false;
        Assert.Equal(Weights, await File.ReadAllBytesAsync(await client.FileAsync("org/name", "model.safetensors", null, null, Cancellation), Cancellation));
        Assert.Equal(100_000, hub.Gets("model.safetensors").Last().From);
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_is_a_disk_error()
    {
        await using var hub = new FakeHub(request => FakeHub.Honest(request, Model));
        await File.WriteAllTextAsync(folder["file"], "x", Cancellation);
        using var client = new HubClient(hub.Options(folder["file/cache"]));
        var e = await Assert.ThrowsAsync<AttuneException>(() => client.SnapshotAsync("org/name", null, null, Cancellation));
        Assert.Equal(ExitCode.Disk, e.ExitCode);
    }

    [Fact]
    public async Task Python_finds_in_the_cache_what_Attune_put_there()
    {
        string python = TestPaths.SharedOrSkip("python/run");
        await using var hub = new FakeHub(request => FakeHub.Honest(request, Model));
        using var client = new HubClient(hub.Options(folder.Path));
        string path = await client.SnapshotAsync("org/name", null, null, Cancellation);
        const string script = """
            import sys, huggingface_hub as h
            print(h.snapshot_download('org/name', cache_dir=sys.argv[1], local_files_only=True))
            print(h.try_to_load_from_cache('org/name', 'config.json', cache_dir=sys.argv[1]))
            found = h.scan_cache_dir(sys.argv[1])
            print([(r.repo_id, r.nb_files) for r in found.repos], found.warnings)
            """;
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(python, ["-c", script, folder.Path]) { RedirectStandardOutput = true })!;
        string said = await process.StandardOutput.ReadToEndAsync(Cancellation);
        Assert.Equal($"{path}\n{path}/config.json\n[('org/name', 3)] []\n", said);
    }

    private static byte[] Bytes(int count, int seed)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Progress that is reported where it happens, unlike <see cref="Progress{T}"/>.</summary>
    private sealed class Immediate(Action<HubProgress> report) : IProgress<HubProgress>
    {
        public void Report(HubProgress value) => report(value);
    }

    private sealed class ConcurrentNotes
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> notes = new();

        public IEnumerable<string> Texts => notes;

        public void Add(HubProgress progress)
        {
            if (progress.Note is not null)
            {
                notes.Enqueue(progress.Note);
            }
        }
    }
}
