using System.Text.Json;

namespace Attune.Cli;

/// <summary>What a user gave that is not used, or is used as something else, is told by every verb in the same words.</summary>
public sealed class NoticeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Plan_says_before_work_what_train_says_after_it()
    {
        Write();
        var plan = await AttuneProgram.RunAsync(folder.Path, "plan", "recipe.yaml", "--json");
        Assert.True(plan.ExitCode == 0, plan.Error);
        var root = JsonElement.Parse(plan.Output);
        string[] planned = [.. root.GetProperty("notices").EnumerateArray().Select(notice => notice.GetProperty("code").GetString()!)];
        Assert.Contains("batch-larger-than-rows", planned);
        Assert.Contains("few-updates", planned);
        Assert.Contains("rows-on-both-sides", planned);
        Assert.Equal(3, root.GetProperty("numbers").GetProperty("steps").GetInt32());

        var train = await AttuneProgram.RunAsync(folder.Path, "train", "recipe.yaml", "--json");
        Assert.True(train.ExitCode == 0, train.Error);
        string[] told = [.. train.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))
            .Where(happened => happened.GetProperty("event").GetString() == "note").Select(note => note.GetProperty("notice").GetProperty("code").GetString()!)];
        Assert.Equal(planned, told);
        var report = JsonElement.Parse(File.ReadAllText(folder["runs/x/report.json"]));
        Assert.Equal(planned, report.GetProperty("notices").EnumerateArray().Select(notice => notice.GetProperty("code").GetString()));
        Assert.Contains("train.batch_size is 64, and there are 12 training rows", File.ReadAllText(folder["runs/x/report.html"]));

        var shown = await AttuneProgram.RunAsync(folder.Path, "plan", "recipe.yaml");
        Assert.Contains("note: the run makes 3 updates in all", shown.Error);
        Assert.Contains("no warm-up", shown.Output);
        var evaluated = await AttuneProgram.RunAsync(folder.Path, "evaluate", "runs/x");
        Assert.Contains("has an exact copy in another split", evaluated.Error);
        var flattered = await AttuneProgram.RunAsync(folder.Path, "evaluate", "runs/x", "--data", "test.jsonl");
        Assert.Contains("1 measured row is a row that the run was trained on", flattered.Error);
    }

    [Fact]
    public async Task A_finished_run_that_is_resumed_says_so_and_one_whose_recipe_was_edited_says_that()
    {
        Write();
        Assert.Equal(0, (await AttuneProgram.RunAsync(folder.Path, "train", "recipe.yaml")).ExitCode);
        string report = File.ReadAllText(folder["runs/x/report.json"]);
        var again = await AttuneProgram.RunAsync(folder.Path, "resume", "runs/x");
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("is finished: there is nothing to go on with", again.Error);
        Assert.Contains("attune chat", again.Output);
        Assert.Equal(report, File.ReadAllText(folder["runs/x/report.json"]));

        File.WriteAllText(folder["runs/x/recipe.yaml"], File.ReadAllText(folder["runs/x/recipe.yaml"]).Replace("epochs: 3", "epochs: 4", StringComparison.Ordinal));
        var edited = await AttuneProgram.RunAsync(folder.Path, "resume", "runs/x");
        Assert.Equal((int)ExitCode.Usage, edited.ExitCode);
        Assert.Contains("train.epochs was 3 and is 4", edited.Error);
    }

    [Fact]
    public async Task A_run_begun_under_plans_of_another_version_is_refused_with_that_reason()
    {
        Write();
        Assert.Equal(0, (await AttuneProgram.RunAsync(folder.Path, "train", "recipe.yaml")).ExitCode);
        File.Delete(folder["runs/x/report.json"]);
        string plan = File.ReadAllText(folder["runs/x/plan.json"]);
        File.WriteAllText(folder["runs/x/plan.json"], plan.Replace("\"version\": 2", "\"version\": 1", StringComparison.Ordinal).Replace("\"hash\": \"", "\"hash\": \"0", StringComparison.Ordinal));
        var resumed = await AttuneProgram.RunAsync(folder.Path, "resume", "runs/x");
        Assert.Equal((int)ExitCode.Usage, resumed.ExitCode);
        Assert.Contains("under plans of version 1; this one has version 2", resumed.Error);
    }

    [Fact]
    public async Task An_option_that_is_not_known_is_told_with_each_name_once()
    {
        var wrong = await AttuneProgram.RunAsync(folder.Path, "doctor", "--zzzzzzzz");
        Assert.Contains("known are: --help", wrong.Error);
        Assert.DoesNotContain("--help, --help", wrong.Error);
    }

    private void Write()
    {
        string Row(int number) => $$"""{"messages": [{"role": "user", "content": "Question number {{number}} of the day?"}, {"role": "assistant", "content": "It is answer {{number * 7}}."}]}""";
        File.WriteAllLines(folder["train.jsonl"], Enumerable.Range(1, 12).Select(Row));
        File.WriteAllLines(folder["test.jsonl"], Enumerable.Range(12, 3).Select(Row));
        File.WriteAllText(folder["recipe.yaml"], """
            model: { source: builtin:tiny }
            task: chat
            data: { train: train.jsonl, test: test.jsonl }
            method: { lora: { rank: 4, alpha: 8, targets: all-linear } }
            train: { epochs: 3, batch_size: 64, max_tokens: 256, learning_rate: 1e-3, save_minutes: 0 }
            evaluate: { samples: 0, bootstrap: 0 }
            output: runs/x
            """);
    }
}
