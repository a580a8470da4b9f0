using System.Text.Json;

namespace Attune.Cli;

/// <summary>Recipes that <c>attune init</c> writes for rows that are there, run as they stand.</summary>
public sealed class InitTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, string, string> Files { get; } = new()
    {
        { "qa.csv", "task chat: column \"question\" asks", "question;answer\n" + Rows(8, i => $"\"What is {i}?\";\"It is {i} and no more.\"") },
        { "talk.jsonl", "task chat: the columns are those of messages",
            Rows(9, i => $$"""{"messages": [{"role": "user", "content": "What is {{i}}?"}, {"role": "assistant", "content": "It is {{i}}."}]}""") },
        { "reviews.csv", "task text-classification: column \"sentiment\" has 2 values", "review,sentiment\n"
            + Rows(8, i => $"film {i} was {(i % 2 == 0 ? "good,pos" : "bad,neg")}") },
        { "labels.jsonl", "task text-classification: column \"label\" has 3 values", Rows(60, i => $$"""{"text": "row {{i}}", "label": {{i % 3}}}""") },
        { "prose.txt", "task text: the data is plain text, whose paragraphs are the rows",
            Rows(8, i => $"Once upon a time there were {i} foxes.\n") },
        { "stories.json", "task text: column \"story\" holds", "[" + string.Join(",\n", Enumerable.Range(0, 8).Select(i => $$"""{"story": "Once upon a time {{i}}"}""")) + "]" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_recipe_for_few_rows_runs_as_it_stands(string name, string why, string content)
    {
        await File.WriteAllTextAsync(folder[name], content, TestContext.Current.CancellationToken);
        var init = await AttuneProgram.RunAsync(folder.Path, "init", "mine.yaml", "--data", name, "--model", "builtin:tiny");
        Assert.True(init.ExitCode == 0, init.Error);
        Assert.Contains(why, init.Output, StringComparison.Ordinal);
        Assert.Contains("# " + why, await File.ReadAllTextAsync(folder["mine.yaml"], TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        var plan = await AttuneProgram.RunAsync(folder.Path, "plan", "mine.yaml", "--json");
        Assert.True(plan.ExitCode == 0, plan.Error);
        var numbers = JsonDocument.Parse(plan.Output).RootElement.GetProperty("numbers");
        Assert.Equal(0, numbers.GetProperty("truncated_rows").GetInt64());
        Assert.True(numbers.GetProperty("steps").GetInt64() >= 10);    // texts are packed: fewer rows, fewer steps
        var train = await AttuneProgram.RunAsync(folder.Path, "train", "mine.yaml", "--set", "train.max_steps=2");
        Assert.True(train.ExitCode == 0, train.Error);
    }

    [Fact]
    public async Task Data_that_cannot_be_read_is_told_and_data_that_is_not_there_is_not_looked_at()
    {
        await File.WriteAllTextAsync(folder["bad.jsonl"], "no json\n", TestContext.Current.CancellationToken);
        var bad = await AttuneProgram.RunAsync(folder.Path, "init", "mine.yaml", "--data", "bad.jsonl");
        Assert.Equal((65, false), (bad.ExitCode, File.Exists(folder["mine.yaml"])));
        Assert.Contains("bad.jsonl:1: not JSON", bad.Error, StringComparison.Ordinal);
        var none = await AttuneProgram.RunAsync(folder.Path, "init", "mine.yaml", "--data", "later.jsonl");
        Assert.Equal(0, none.ExitCode);
        Assert.Contains("# map: { user:", await File.ReadAllTextAsync(folder["mine.yaml"], TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bad_row_is_shown_with_its_place_and_what_to_do()
    {
        await File.WriteAllTextAsync(folder["a.jsonl"], "{\"text\": \"one\"}\n\nno json\n{\"text\": \"three\"}\n",
            TestContext.Current.CancellationToken);
        Task<ProgramResult> ViewAsync(string row) =>
            AttuneProgram.RunAsync(folder.Path, "data", "view", "a.jsonl", "--model", "builtin:tiny", "--row", row);
        var second = await ViewAsync("2");
        Assert.Equal(65, second.ExitCode);
        Assert.Contains("a.jsonl:3: row 2 is bad: not JSON", second.Error, StringComparison.Ordinal);
        Assert.Contains("mend it", second.Error, StringComparison.Ordinal);
        var third = await ViewAsync("3");
        Assert.True(third.ExitCode == 0, third.Error);
        Assert.Contains("a.jsonl:4 (train)", third.Output, StringComparison.Ordinal);
        var fourth = await ViewAsync("4");
        Assert.Equal(64, fourth.ExitCode);
        Assert.Contains("there is no row 4: the files have 3 rows, 1 of them bad", fourth.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_lists_the_files_of_each_split()
    {
        string row = """{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}""" + "\n";
        Directory.CreateDirectory(folder["data"]);
        foreach (var (name, count) in new[] { ("train-00000-of-00002", 3), ("train-00001-of-00002", 2), ("test-00000-of-00001", 1) })
        {
            await File.WriteAllTextAsync(folder[$"data/{name}.jsonl"], string.Concat(Enumerable.Repeat(row, count)),
                TestContext.Current.CancellationToken);
        }

        await File.WriteAllTextAsync(folder["data/README.md"], "# About\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder["r.yaml"], "model: { source: builtin:tiny }\ndata: { train: data }\nmethod: lora\n",
            TestContext.Current.CancellationToken);
        var plan = await AttuneProgram.RunAsync(folder.Path, "plan", "r.yaml", "--json");
        Assert.True(plan.ExitCode == 0, plan.Error);
        var root = JsonDocument.Parse(plan.Output).RootElement;
        Assert.Equal([("test-00000-of-00001.jsonl", 0, 1), ("train-00000-of-00002.jsonl", 3, 0), ("train-00001-of-00002.jsonl", 2, 0)],
            root.GetProperty("files").EnumerateArray().Select(file =>
                (Path.GetFileName(file.GetProperty("file").GetString()!), file.GetProperty("train").GetInt32(),
                file.GetProperty("test").GetInt32())).Order());
        Assert.Contains("files-beside-data", root.GetProperty("notices").EnumerateArray().Select(notice => notice.GetProperty("code").GetString()));
        plan = await AttuneProgram.RunAsync(folder.Path, "plan", "r.yaml");
        Assert.Contains("train-00001-of-00002.jsonl (2 rows)", plan.Output, StringComparison.Ordinal);
    }

    private static string Rows(int count, Func<int, string> row) => string.Concat(Enumerable.Range(0, count).Select(i => row(i) + "\n"));
}
