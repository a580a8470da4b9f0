using System.Text.RegularExpressions;

namespace Attune.Cli;

/// <summary>
/// Every command that the README shows in a block of <c>sh</c> works as it stands there, in the order in which it stands there; the two of
/// the first screen are run by <c>.ci/run</c>.
/// </summary>
public sealed class ReadmeTests
{
    private const string First = "dotnet ";

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
        }

        File.CreateSymbolicLink(Path.Combine(bin, "attune"), AttuneProgram.Path);
        var environment = new Dictionary<string, string> { ["PATH"] = bin + ":" + Environment.GetEnvironmentVariable("PATH") };
        foreach (string command in commands)
        {
            var result = await AttuneProgram.RunAsync("/bin/sh", clone, ["-c", command], environment);
            Assert.True(result.ExitCode == 0, $"{command}\nended with {result.ExitCode}\n{result.Output}\n{result.Error}");
        }
    }

    private static bool NeedsShared(string command) => command.Contains("../shared", StringComparison.Ordinal);

    private static IEnumerable<string> Commands() => Blocks().SelectMany(block => block.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n'))
        .Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#' && !line.StartsWith(First, StringComparison.Ordinal));

    private static IEnumerable<string> Blocks() => Regex
        .Matches(File.ReadAllText(Path.Combine(TestPaths.Root, "README.md")), @"^```sh\n(.*?)\n```$", RegexOptions.Singleline | RegexOptions.Multiline)
        .Select(found => found.Groups[1].Value);
}
