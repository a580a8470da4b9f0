using System.Collections.Concurrent;

namespace Attune.Cli;

/// <summary>
/// What bad input gets, from the real executable: a message with the place and the cure, the exit code of its kind, no stack trace, and
/// nothing of the user's lost or left half written.
/// </summary>
public sealed class BadInputTests
{
    private static readonly Lazy<string?> Model = new(() => TestPaths.Parity.Select(root => Path.Combine(root, "_models", "train-llama")).FirstOrDefault(Directory.Exists));

    public static IEnumerable<TheoryDataRow<string>> Names => BadInputCases.All.Select(one => new TheoryDataRow<string>(one.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Is_refused_with_place_and_cure(string name)
    {
        Assert.SkipWhen(Model.Value is null, "the fixtures' model train-llama is absent");
        var (one, result, before, after) = await Outcomes.OfAsync(name);
        Check(one, result);
        Assert.Equal(before, after);
    }

    [Fact]
    public async Task A_stack_trace_is_shown_on_request()
    {
        using var folder = NewFolder();
        var result = await RunAsync(AttuneProgram.Path, folder, ["resume", "nowhere", "--verbose"], null);
        Assert.Equal((int)ExitCode.MissingInput, result.ExitCode);
        Assert.Contains("   at Attune.Training.", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_rows_that_may_be_skipped_are_written_down()
    {
        using var folder = NewFolder();
        folder.Write("rows.jsonl", await File.ReadAllTextAsync(Path.Combine(folder.Path, "rows.jsonl"), TestContext.Current.CancellationToken) + "{\"messages\":[\n");
        var result = await RunAsync(AttuneProgram.Path, folder, ["train", "r.yaml", "--skip-bad", "1"], null);
        Assert.True(result.ExitCode == 0, result.Error);
        string rejected = await File.ReadAllTextAsync(Path.Combine(folder.Path, "runs/x/rejected.jsonl"), TestContext.Current.CancellationToken);
        Assert.Contains("\"line\":13,", rejected, StringComparison.Ordinal);
    }

    /// <summary>A file system of its own, of a few kilobytes: what is written before it is full stays whole, and what ends is said.</summary>
    [Theory]
    [InlineData("48k", "before the run", "needs about")]
    [InlineData("6m", "at a checkpoint", "free some space, then resume: the checkpoint before it is intact")]
    public async Task A_full_disk(string size, string when, string cure)
    {
        using var folder = NewFolder();
        folder.Make("small");
        string fill = when == "at a checkpoint" ? "until ls small/x/checkpoints/*/state.json; do sleep 0.05; done; head -c 8000000 /dev/zero > small/fill" : "true";
        string script = $"mount -t tmpfs -o size={size} tmpfs small || exit 200; ({fill}) >/dev/null 2>&1 & \"$0\" train r.yaml --set output=small/x --set train.max_steps=400 --set train.save_every=2; "
            + "code=$?; wait; rm -f small/fill; cp -r small kept; exit $code";
        ProgramResult result;
        try
        {
            result = await RunAsync("unshare", folder, ["-rm", "sh", "-c", script, AttuneProgram.Path], null);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("unshare is absent");
            return;
        }

        Assert.SkipWhen(result.ExitCode is 1 or 200, "this system lets nobody mount a file system of his own: " + result.Error);
        Check(new BadInputCase(when, "", ExitCode.Disk, "small/x", cure), result);
        if (when == "at a checkpoint")
        {
            // With room again, the run goes on from the last whole checkpoint.
            Directory.Move(Path.Combine(folder.Path, "kept", "x"), Path.Combine(folder.Path, "x"));
            folder.Replace("x/recipe.yaml", "save_every: 2", "save_every: 100");
            var resumed = await RunAsync(AttuneProgram.Path, folder, ["resume", "x"], null);
            Assert.True(resumed.ExitCode == 0, resumed.Error);
            Assert.DoesNotContain("step 1/", resumed.Error, StringComparison.Ordinal);
        }
    }

    private static BadInputFolder NewFolder()
    {
        Assert.SkipWhen(Model.Value is null, "the fixtures' model train-llama is absent");
        return new BadInputFolder(Model.Value!, FinishedRun.Folder);
    }

    private static void Check(BadInputCase one, ProgramResult result)
    {
        Assert.True((int)one.Code == result.ExitCode, $"ended with {result.ExitCode}, not {(int)one.Code}:\n{result.Error}");
        Assert.True(result.Error.Contains(one.Place, StringComparison.Ordinal), $"does not say the place \"{one.Place}\":\n{result.Error}");
        Assert.True(result.Error.Contains(one.Cure, StringComparison.Ordinal), $"does not say the cure \"{one.Cure}\":\n{result.Error}");
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", result.Error, StringComparison.Ordinal);
    }

    private static Task<ProgramResult> RunAsync(string program, BadInputFolder folder, IEnumerable<string> arguments, (string Name, string Value)? more)
    {
        // The cache is empty, and nobody may be asked.
        var environment = new Dictionary<string, string> { ["OMP_NUM_THREADS"] = "1", ["HF_HOME"] = Path.Combine(folder.Path, "no-cache"), ["HF_HUB_OFFLINE"] = "1" };
        if (more is var (name, value))
        {
            environment[name] = value;
        }

        return AttuneProgram.RunAsync(program, folder.Path, arguments, environment);
    }

    private sealed record Outcome(BadInputCase Case, ProgramResult Result, SortedDictionary<string, string> Before, SortedDictionary<string, string> After);

    /// <summary>The cases' outcomes, two at a time: most of a case is the start of a process.</summary>
    private static class Outcomes
    {
        private static readonly SemaphoreSlim Two = new(2);
        private static readonly ConcurrentDictionary<string, Lazy<Task<Outcome>>> Started = new();

        /// <summary>The outcome of a case; the next one of the table is begun beside it.</summary>
        public static Task<Outcome> OfAsync(string name)
        {
            int index = BadInputCases.All.Select((one, at) => (one, at)).Single(pair => pair.one.Name == name).at;
            var asked = Start(BadInputCases.All[index]);
            _ = Start(BadInputCases.All[(index + 1) % BadInputCases.All.Count]);
            return asked;
        }

        private static Task<Outcome> Start(BadInputCase one) => Started.GetOrAdd(one.Name, _ => new Lazy<Task<Outcome>>(() => Task.Run(() => RunAsync(one)))).Value;

        private static async Task<Outcome> RunAsync(BadInputCase one)
        {
            await Two.WaitAsync();
            try
            {
                using var folder = NewFolder();
                one.Given(folder);
                var before = folder.Listing();
                var result = await BadInputTests.RunAsync(AttuneProgram.Path, folder, one.Command.Split(' '), one.Environment);
                var after = folder.Listing();
                foreach (string path in after.Keys.Where(path => one.Begins is not null && !before.ContainsKey(path) && path.Split('/')[0] == one.Begins).ToList())
                {
                    after.Remove(path);
                }

                return new Outcome(one, result, before, after);
            }
            finally
            {
                Two.Release();
            }
        }
    }

    /// <summary>A run that ended well, made once for all that spoil a copy of it.</summary>
    private static class FinishedRun
    {
        private static readonly Lazy<string> Made = new(Make);
        private static BadInputFolder? kept;

        public static string Folder() => Made.Value;

        private static string Make()
        {
            kept = new BadInputFolder(Model.Value!, () => throw new InvalidOperationException("the run is not made from itself"));
            AppDomain.CurrentDomain.ProcessExit += (_, _) => kept.Dispose();
            var result = AttuneProgram.RunAsync(AttuneProgram.Path, kept.Path, ["train", "r.yaml"], new Dictionary<string, string> { ["OMP_NUM_THREADS"] = "1" }).GetAwaiter().GetResult();
            Assert.True(result.ExitCode == 0, result.Error);
            return Path.Combine(kept.Path, "runs", "x");
        }
    }
}
