using System.Text.RegularExpressions;

namespace Attune.Cli;

/// <summary>The program of <c>samples/CoachInYourApp</c>: what the README shows of the library, and that it works.</summary>
public sealed class SampleTests
{
    /// <summary>How the README starts it; <see cref="It_tunes_on_a_file_and_replies"/> gives it the same arguments, fewer steps.</summary>
    public const string Command = "dotnet run -c Release --project samples/CoachInYourApp -- samples/coach/sleep.jsonl ";

    private static readonly string Source = Path.Combine(TestPaths.Root, "samples", "CoachInYourApp", "Program.cs");

    [Fact]
    public async Task It_tunes_on_a_file_and_replies()
    {
        using var folder = new TemporaryFolder();
        string rows = Path.Combine(TestPaths.Root, "samples", "coach", "sleep.jsonl");
        string program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "CoachInYourApp.exe" : "CoachInYourApp");
        var run = await AttuneProgram.RunAsync(program, folder.Path, [rows, "2"], null, "I cannot sleep.\nAnd now?\n\n");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Matches(@"^step 1: loss \d+\.\d+\nstep 2: loss \d+\.\d+\nperplexity on rows that it did not see: \d+\.\d before, \d+\.\d after\n.*\S", run.Output.ReplaceLineEndings("\n"));
        Assert.True(File.Exists(folder["runs/coach/adapter/adapter_model.safetensors"]));
    }

    [Fact]
    public void It_is_short_and_the_readme_shows_it_whole()
    {
        string program = File.ReadAllText(Source);
        Assert.InRange(program.TrimEnd().Split('\n').Length, 10, 25);
        string readme = File.ReadAllText(Path.Combine(TestPaths.Root, "README.md"));
        Assert.Equal(program, Regex.Match(readme, @"^```csharp\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline).Groups[1].Value);
    }
}
