using System.Text.Json;
using Attune.Verification;

namespace Attune.Cli;

/// <summary>The short forms of <c>attune torture</c>.</summary>
public sealed class TortureVerbTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_run_that_was_killed_is_resumed_to_the_same_bits()
    {
        var result = await RunAsync("torture", "crash", "--count", "3", "--seed", "1");
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        string[] lines = result.Output.TrimEnd().Split('\n');
        Assert.Equal("3 kills, 3 equal, 0 different", lines[^1]);
        Assert.Equal(3, lines.Count(line => line.StartsWith("kill ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Every_format_is_tortured()
    {
        var result = await RunAsync("torture", "formats", "--count", "150", "--json");
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        var formats = result.Output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        string[] names = ["safetensors", "gguf", "index", "config", "tokenizer", "template", "adapter_config", "recipe", "jsonl", "csv", "parquet"];
        Assert.Superset(names.ToHashSet(), formats.Select(format => format.GetProperty("format").GetString()!).ToHashSet());
        Assert.All(formats, format => Assert.Equal(150, format.GetProperty("inputs").GetInt32()));
        Assert.All(formats, format => Assert.True(format.GetProperty("read").GetInt32() > 0 && format.GetProperty("refused").GetInt32() > 0, "one-sided: " + format));
    }

    [Theory]
    [InlineData("--only", "pickle")]
    [InlineData("--count", "0")]
    public async Task A_wrong_option_is_refused(string option, string value)
    {
        var result = await RunAsync("torture", "formats", option, value);
        Assert.Equal((int)ExitCode.Usage, result.ExitCode);
        Assert.Contains(option == "--only" ? "known are: adapter_config" : "--count must be at least 1", result.Error, StringComparison.Ordinal);
    }

    /// <summary>The comparison sees a bit, a figure, and a file that is missing; times are no difference.</summary>
    [Fact]
    public void Runs_that_differ_are_told_apart()
    {
        string Run(string name, byte tensor, double loss, double seconds)
        {
            string run = folder[name];
            Directory.CreateDirectory(Path.Combine(run, "adapter"));
            File.WriteAllBytes(Path.Combine(run, "adapter", "adapter_model.safetensors"), [1, 2, tensor]);
            File.WriteAllText(Path.Combine(run, "report.json"), JsonSerializer.Serialize(new { after = new { held_out = new { loss }, seconds }, curves = new { train_loss = new[] { loss } } }));
            return run;
        }

        var whole = RunFigures.Of(Run("whole", 3, 1.5, 7));
        Assert.Empty(RunFigures.Differences(whole, RunFigures.Of(Run("same", 3, 1.5, 8))));
        Assert.Equal(["adapter/adapter_model.safetensors"], RunFigures.Differences(whole, RunFigures.Of(Run("bit", 4, 1.5, 7))));
        Assert.Equal(["after.held_out", "curves.train_loss"], RunFigures.Differences(whole, RunFigures.Of(Run("figure", 3, 1.25, 7))));
        File.Delete(Path.Combine(Run("less", 3, 1.5, 7), "adapter", "adapter_model.safetensors"));
        Assert.Equal(["adapter/adapter_model.safetensors"], RunFigures.Differences(whole, RunFigures.Of(folder["less"])));
        File.Delete(Path.Combine(folder["less"], "report.json"));
        Assert.Equal(ExitCode.MissingInput, Assert.Throws<AttuneException>(() => RunFigures.Of(folder["less"])).ExitCode);
    }

    private Task<ProgramResult> RunAsync(params string[] arguments) =>
        AttuneProgram.RunAsync(AttuneProgram.Path, folder.Path, arguments, new Dictionary<string, string> { ["OMP_NUM_THREADS"] = "1" });
}
