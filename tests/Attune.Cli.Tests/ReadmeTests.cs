using System.Text.RegularExpressions;

namespace Attune.Cli;

/// <summary>
/// Every command that the README shows in a block of <c>sh</c> works as it stands there, in the order in which it stands there; the two of
/// the first screen are run by <c>.ci/run</c>, packing and installing by <c>.ci/tool</c>, the sample by <see cref="SampleTests"/>.
/// </summary>
public sealed class ReadmeTests
{
    // What is run elsewhere: by scripts of .ci, and the sample.
    private static readonly string[] Elsewhere = ["dotnet ", "PACKAGES="];

    // The same work in little: one short row a step, two steps, two rows to measure on.
    private const string Little = " --set train.max_steps=2 --set train.batch_size=1 --set train.max_tokens=48 --set data.split.most.validation=2 --set evaluate.samples=1";

    /// <summary>The files of shared that the README's commands name as if they lay in the current folder.</summary>
    private static readonly Dictionary<string, string> Files = new()
    {
        ["SmolLM2-135M-Instruct.Q4_1.gguf"] = "models/smollm2-135m-instruct-gguf",
        ["20200325_counsel_chat.csv"] = "data/counsel_chat",
        ["stsa.binary.train.txt"] = "data/sst-trec",
        ["stsa.binary.dev.txt"] = "data/sst-trec",
        ["stsa.binary.test.txt"] = "data/sst-trec",
    };

    // As for Little, and an encoder that stands in for the hub's.
    private const string LittleLabels = " --set train.max_steps=2 --set data.max_rows=64 --set evaluate.max_rows=20 --set train.evaluate_every=2";
    private const string HubEncoder = "google-bert/bert-base-uncased";

    [Fact]
    public async Task Commands_work() => await RunAsync(Commands().Where(command => !NeedsShared(command)));

    [Fact]
    public async Task Commands_that_use_shared_work()
    {
        var commands = Commands().Where(NeedsShared).ToList();
        Assert.SkipWhen(TestPaths.Shared is null, "shared is absent: " + string.Join("; ", commands));
        await RunAsync(commands);
    }

    [Fact]
    public void The_first_block_is_the_two_commands_that_CI_runs()
    {
        string ci = File.ReadAllText(Path.Combine(TestPaths.Root, ".ci", "run"));
        var first = Blocks().First().Split('\n').Select(line => line.Split('#')[0].Trim()).ToList();
        Assert.All(first, line => Assert.Contains(line, ci, StringComparison.Ordinal));
        Assert.Equal(2, first.Count);
    }

    [Fact]
    public void Commands_of_the_sdk_are_run_elsewhere()
    {
        string tool = File.ReadAllText(Path.Combine(TestPaths.Root, ".ci", "tool"));
        var commands = Blocks().Skip(1).SelectMany(Lines).Where(IsElsewhere).ToList();
        Assert.NotEmpty(commands);
        Assert.All(commands, command => Assert.True(tool.Contains(command, StringComparison.Ordinal) || command.StartsWith(SampleTests.Command, StringComparison.Ordinal), command));
    }

    private static async Task RunAsync(IEnumerable<string> commands)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the README's commands are for a POSIX shell");

        // A clone as a user has it, except that what commands write does not land in this one.
        using var scratch = new TemporaryFolder();
        string clone = Directory.CreateDirectory(scratch["clone"]).FullName, bin = Directory.CreateDirectory(scratch["bin"]).FullName;
        foreach (string path in Directory.EnumerateFileSystemEntries(TestPaths.Root).Where(path => Path.GetFileName(path) is not ("runs" or ".git")))
        {
            File.CreateSymbolicLink(Path.Combine(clone, Path.GetFileName(path)), path);
        }

        if (TestPaths.Shared is { } shared)
        {
            Directory.CreateSymbolicLink(scratch["shared"], shared);
            foreach (var (file, place) in Files)
            {
                File.CreateSymbolicLink(Path.Combine(clone, file), Path.Combine(shared, place, file));
            }
        }

        await File.WriteAllTextAsync(Path.Combine(clone, "reviews.txt"), "a moving , funny film\nan awful mess\n");
        if (TestPaths.Shared is not null)
        {
            SmallBert.Write(Path.Combine(clone, HubEncoder));
        }

        File.CreateSymbolicLink(Path.Combine(bin, "attune"), AttuneProgram.Path);
        var environment = new Dictionary<string, string> { ["PATH"] = bin + ":" + Environment.GetEnvironmentVariable("PATH") };
        foreach (string command in commands)
        {
            string little = command + (command.Contains("recipes/counsel.yaml", StringComparison.Ordinal) ? Little : command.Contains("recipes/sentiment.yaml", StringComparison.Ordinal) ? LittleLabels : "");
            var result = await AttuneProgram.RunAsync("/bin/sh", clone, ["-c", little], environment);
            Assert.True(result.ExitCode == 0, $"{command}\nended with {result.ExitCode}\n{result.Output}\n{result.Error}");
        }
    }

    private static bool NeedsShared(string command) =>
        command.Contains("../shared", StringComparison.Ordinal) || command.Contains("counsel", StringComparison.Ordinal) || command.Contains("sentiment", StringComparison.Ordinal) || command.Contains(HubEncoder, StringComparison.Ordinal) || Files.Keys.Any(file => command.Contains(file, StringComparison.Ordinal));

    private static bool IsElsewhere(string command) => Elsewhere.Any(start => command.StartsWith(start, StringComparison.Ordinal));

    private static IEnumerable<string> Commands() => Blocks().SelectMany(Lines).Where(command => !IsElsewhere(command));

    private static IEnumerable<string> Lines(string block) => block.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n')
        .Select(line => Regex.Replace(line, @"\s+#.*$", "").Trim()).Where(line => line.Length > 0 && line[0] != '#');

    private static IEnumerable<string> Blocks() => Regex
        .Matches(File.ReadAllText(Path.Combine(TestPaths.Root, "README.md")), @"^```sh\n(.*?)\n```$", RegexOptions.Singleline | RegexOptions.Multiline)
        .Select(found => found.Groups[1].Value);
}
