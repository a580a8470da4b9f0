using System.Diagnostics;
using System.Text.Json;

namespace Attune.Cli;

/// <summary>The executable itself, on a model of 18,000 parameters.</summary>
public sealed class VerbsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_recipe_that_init_writes_is_planned()
    {
        string model = ChatModel();
        var init = await RunAsync(null, "init", "mine.yaml", "--model", model, "--data", Rows());
        Assert.Equal((0, ""), (init.Code, init.Error));
        var plan = await RunAsync(null, "plan", "mine.yaml", "--set", "train.max_tokens=48", "--json");
        Assert.True(plan.Code == 0, plan.Error);
        var numbers = JsonDocument.Parse(plan.Output).RootElement.GetProperty("numbers");
        Assert.Equal(120, numbers.GetProperty("train_rows").GetInt64() + numbers.GetProperty("validation_rows").GetInt64() + numbers.GetProperty("test_rows").GetInt64());
        Assert.True(numbers.GetProperty("trainable_parameters").GetInt64() > 0);

        var again = await RunAsync(null, "init", "mine.yaml");
        Assert.Equal(64, again.Code);
        Assert.Contains("is there already", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_template_that_writes_the_date_sees_the_time_at_which_the_run_began()
    {
        string model = ChatModel(), rows = Rows();
        string template = Path.Combine(model, "chat_template.jinja");
        await File.WriteAllTextAsync(template, "{% if strftime_now('%d') | int % 2 %}<s>rest</s>{% endif %}" + await File.ReadAllTextAsync(template, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        string[] sets = ["--set", "train.max_tokens=48", "--set", "train.max_steps=1", "--set", "evaluate.samples=0"];
        Assert.Equal(0, (await RunAsync(null, "init", "mine.yaml", "--model", model, "--data", rows)).Code);
        async Task<string> HashAsync(string now)
        {
            var plan = await RunAsync(null, ["plan", "mine.yaml", .. sets, "--set", $"data.now={now}", "--json"]);
            Assert.True(plan.Code == 0, plan.Error);
            return JsonDocument.Parse(plan.Output).RootElement.GetProperty("hash").GetString()!;
        }

        Assert.Equal(await HashAsync("2026-11-01T08:00:00+01:00"), await HashAsync("2026-11-03T23:00:00+01:00"));
        Assert.NotEqual(await HashAsync("2026-11-01T08:00:00+01:00"), await HashAsync("2026-11-02T08:00:00+01:00"));

        // What the run says of itself is what it is resumed with, on whatever day.
        var train = await RunAsync(null, ["train", "mine.yaml", .. sets, "--set", "output=runs/dated"]);
        Assert.True(train.Code == 0, train.Error);
        string recipe = folder[Path.Combine("runs", "dated", "recipe.yaml")];
        string said = await File.ReadAllTextAsync(recipe, TestContext.Current.CancellationToken);
        Assert.Matches(@"\n  now: .?20\d\d-\d\d-\d\dT", said);
        var again = await RunAsync(null, "resume", "runs/dated");
        Assert.True(again.Code == 0, again.Error);
        var bad = await RunAsync(null, ["plan", "mine.yaml", "--set", "data.now=yesterday"]);
        Assert.Equal((int)ExitCode.Usage, bad.Code);
        Assert.Contains("must be a date and time", bad.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_reads_a_message_a_line_and_saves_a_row()
    {
        string model = ChatModel();
        var chat = await RunAsync("sleep walk\n/save talk.jsonl\n/reset\nsleep walk\n/nothing\n", "chat", model, "--max-new-tokens", "4", "--temperature", "0", "--system", "be good");
        Assert.True(chat.Code == 0, chat.Error);
        string[] replies = chat.Output.TrimEnd().Split('\n');
        Assert.Equal(2, replies.Length);
        Assert.Equal(replies[0], replies[1]);
        Assert.Contains("there is no command /nothing", chat.Error, StringComparison.Ordinal);
        var messages = JsonDocument.Parse(await File.ReadAllTextAsync(folder["talk.jsonl"], TestContext.Current.CancellationToken)).RootElement.GetProperty("messages");
        Assert.Equal(["system", "user", "assistant"], messages.EnumerateArray().Select(message => message.GetProperty("role").GetString()!));
        Assert.Equal(replies[0], messages[2].GetProperty("content").GetString());

        // The same conversation at one go gives the same reply.
        var generate = await RunAsync(null, "generate", model, "sleep walk", "--system", "be good", "--max-new-tokens", "4", "--temperature", "0", "--json");
        Assert.Equal(replies[0], JsonDocument.Parse(generate.Output).RootElement.GetProperty("reply").GetString());
    }

    [Fact]
    public async Task Batch_goes_on_where_it_was_stopped_and_writes_what_can_be_trained_on()
    {
        string model = ChatModel();
        await File.WriteAllLinesAsync(folder["prompts.txt"], ["sleep walk", "walk", "sleep", "", "walk sleep walk", "sleep sleep"], TestContext.Current.CancellationToken);
        string[] batch = ["batch", model, "prompts.txt", "--batch-size", "2", "--max-new-tokens", "6", "--temperature", "0.9", "--seed", "3"];
        var whole = await RunAsync(null, [.. batch, "--output", "new/whole.jsonl"]);
        Assert.True(whole.Code == 0, whole.Error);
        byte[] expected = await File.ReadAllBytesAsync(folder[Path.Combine("new", "whole.jsonl")], TestContext.Current.CancellationToken);
        string[] lines = await File.ReadAllLinesAsync(folder[Path.Combine("new", "whole.jsonl")], TestContext.Current.CancellationToken);
        Assert.Equal([1, 2, 3, 4, 5, 6], lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("line").GetInt32()));
        Assert.Equal("""{"line":4,"messages":null}""", lines[3]);
        Assert.Contains("5 of 5 prompts answered", whole.Output, StringComparison.Ordinal);
        Assert.Contains("1 line of the prompts is blank", whole.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Contains("prompts.txt:4", whole.Error, StringComparison.Ordinal);
        Assert.Equal("sleep walk", JsonDocument.Parse(lines[0]).RootElement.GetProperty("messages")[0].GetProperty("content").GetString());

        // As a crash leaves it: one batch whole, of the next a line and a piece of another.
        await File.WriteAllTextAsync(folder["part.jsonl"], lines[0] + "\n" + lines[1] + "\n" + lines[2] + "\n" + lines[3][..10], TestContext.Current.CancellationToken);
        var rest = await RunAsync(null, [.. batch, "--output", "part.jsonl"]);
        Assert.True(rest.Code == 0, rest.Error);
        Assert.Equal(expected, await File.ReadAllBytesAsync(folder["part.jsonl"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Batch_goes_on_from_plain_text_as_generate_does()
    {
        string model = ChatModel();
        await File.WriteAllLinesAsync(folder["begin.txt"], ["sleep walk"], TestContext.Current.CancellationToken);
        var batch = await RunAsync(null, "batch", model, "begin.txt", "--output", "texts.jsonl", "--raw", "--max-new-tokens", "5", "--temperature", "0", "--no-repeat-ngram-size", "1");
        Assert.True(batch.Code == 0, batch.Error);
        string text = JsonDocument.Parse(await File.ReadAllTextAsync(folder["texts.jsonl"], TestContext.Current.CancellationToken)).RootElement.GetProperty("text").GetString()!;
        var generate = await RunAsync(null, "generate", model, "sleep walk", "--raw", "--max-new-tokens", "5", "--temperature", "0", "--no-repeat-ngram-size", "1", "--json");
        Assert.Equal(text, "sleep walk" + JsonDocument.Parse(generate.Output).RootElement.GetProperty("reply").GetString());
        var repeating = await RunAsync(null, "generate", model, "sleep walk", "--raw", "--max-new-tokens", "5", "--temperature", "0", "--repetition-penalty", "0.01", "--json");
        Assert.NotEqual(generate.Output, repeating.Output);
    }

    [Fact]
    public async Task A_tokenizer_learns_what_messages_say_not_how_they_are_written_down()
    {
        string said = string.Join(' ', Enumerable.Range(0, 50).Select(i => i % 3 == 0 ? "sleeping" : "walking"));
        await File.WriteAllTextAsync(folder["chat.jsonl"], JsonSerializer.Serialize(new { messages = new[] { new { role = "user", content = said }, new { role = "assistant", content = said } } }) + "\n", TestContext.Current.CancellationToken);
        var made = await RunAsync(null, "tokenizer", "new", "--data", "chat.jsonl", "--size", "300");
        Assert.True(made.Code == 0, made.Error);
        var tokenizer = Text.Tokenizer.FromFolder(folder["new"]);
        Assert.Single(tokenizer.Encode("sleeping").Ids);
        Assert.True(tokenizer.Encode("content").Count > 4 && tokenizer.Encode("assistant").Count > 4, "it learnt the file's own words");
    }

    [Fact]
    public async Task Evaluate_gives_an_interval_that_holds_the_perplexity()
    {
        var evaluate = await RunAsync(null, "evaluate", ChatModel(), "--data", Rows(), "--max-tokens", "48", "--json");
        Assert.True(evaluate.Code == 0, evaluate.Error);
        var rows = JsonDocument.Parse(evaluate.Output).RootElement.GetProperty("rows");
        Assert.Equal(120, rows.GetProperty("rows").GetInt32());
        Assert.InRange(rows.GetProperty("perplexity").GetDouble(), rows.GetProperty("perplexity_low").GetDouble(), rows.GetProperty("perplexity_high").GetDouble());
        Assert.True(rows.GetProperty("perplexity_low").GetDouble() < rows.GetProperty("perplexity_high").GetDouble());
    }

    [Fact]
    public async Task The_sentiment_recipe_trains_is_stopped_short_measured_and_labels_texts()
    {
        string data = TestPaths.SharedOrSkip("data/sst-trec");
        SmallBert.Write(folder["bert"]);
        string recipe = Path.Combine(TestPaths.Root, "recipes", "sentiment.yaml");
        string[] sets = ["model.source=bert", $"data.train={data}/stsa.binary.train.txt", $"data.validation={data}/stsa.binary.dev.txt", $"data.test={data}/stsa.binary.test.txt", "data.max_rows=96", "train.max_steps=3", "evaluate.max_rows=40"];
        string[] set = [.. sets.SelectMany(one => new[] { "--set", one })];
        var plan = await RunAsync(null, ["plan", recipe, "--json", .. set]);
        Assert.True(plan.Code == 0, plan.Error);
        Assert.Equal(96, JsonDocument.Parse(plan.Output).RootElement.GetProperty("numbers").GetProperty("trained_tokens").GetInt32());
        var view = await RunAsync(null, ["data", "view", recipe, "--row", "1", .. set]);
        Assert.Contains("a stirring", view.Output, StringComparison.Ordinal);
        Assert.Contains("tokens, label 1", view.Output, StringComparison.Ordinal);
        var train = await RunAsync(null, ["train", recipe, .. set]);
        Assert.True(train.Code == 0, train.Error);
        Assert.Contains("accuracy", train.Output, StringComparison.Ordinal);
        Assert.Contains("always “", train.Output, StringComparison.Ordinal);
        Assert.Contains("attune predict runs", train.Output, StringComparison.Ordinal);
        string report = await File.ReadAllTextAsync(folder["runs/sentiment/report.json"], TestContext.Current.CancellationToken);
        var evaluate = await RunAsync(null, "evaluate", "runs/sentiment", "--json");
        Assert.True(evaluate.Code == 0, evaluate.Error);
        var before = JsonDocument.Parse(report).RootElement.GetProperty("labels").GetProperty("accuracy");
        var again = JsonDocument.Parse(evaluate.Output).RootElement.GetProperty("accuracy");
        Assert.Equal(before.GetProperty("before").GetDouble(), again.GetProperty("before").GetDouble());
        Assert.Equal(before.GetProperty("after").GetDouble(), again.GetProperty("after").GetDouble());
        var resume = await RunAsync(null, "resume", "runs/sentiment");
        Assert.True(resume.Code == 0, resume.Error);

        await File.WriteAllLinesAsync(folder["reviews.csv"], ["title,body", "Fine,\"a moving , funny film\"", "Bad,an awful mess"], TestContext.Current.CancellationToken);
        var predict = await RunAsync(null, "predict", "runs/sentiment", "reviews.csv", "--text", "{title} {body}");
        Assert.True(predict.Code == 0, predict.Error);
        var lines = predict.Output.Trim().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(["Fine a moving , funny film", "Bad an awful mess"], lines.Select(line => line.GetProperty("text").GetString()));
        Assert.All(lines, line => Assert.Equal(1, line.GetProperty("scores").EnumerateObject().Sum(score => score.Value.GetDouble()), 1e-5));
        Assert.All(lines, line => Assert.Contains(line.GetProperty("label").GetString(), new[] { "0", "1" }));

        var embed = await RunAsync(null, "embed", "bert", "reviews.csv", "--text", "{body}", "--output", "e.jsonl");
        Assert.True(embed.Code == 0, embed.Error);
        string first = (await File.ReadAllLinesAsync(folder["e.jsonl"], TestContext.Current.CancellationToken))[0];
        double[] embedding = [.. JsonDocument.Parse(first).RootElement.GetProperty("embedding").EnumerateArray().Select(number => number.GetDouble())];
        Assert.Equal(32, embedding.Length);
        Assert.Equal(1, embedding.Sum(number => number * number), 1e-5);

        await BlankTextsHaveAnAnswerAsync();
        var merge = await RunAsync(null, "merge", "runs/sentiment", "merged");
        Assert.True(merge.Code == 0, merge.Error);
        var merged = await RunAsync(null, "predict", "merged", "reviews.csv", "--text", "{title} {body}");
        var exact = await RunAsync(null, "predict", "runs/sentiment", "reviews.csv", "--text", "{title} {body}", "--precision", "float32");
        Assert.True(exact.Code == 0, exact.Error);
        var mergedExact = await RunAsync(null, "predict", "merged", "reviews.csv", "--text", "{title} {body}", "--precision", "float32");
        Assert.Equal(Scores(exact.Output), Scores(mergedExact.Output), (one, other) => Math.Abs(one - other) < 1e-4);
        Assert.Equal(Labels(exact.Output), Labels(mergedExact.Output));
        Assert.Equal(Scores(lines), Scores(merged.Output), (one, other) => Math.Abs(one - other) < 0.02);
        Assert.Equal(mergedExact.Output, merged.Output); // It is stored in float32.
        var half = await RunAsync(null, "predict", "merged", "reviews.csv", "--text", "{title} {body}", "--precision", "half");
        Assert.Contains("known are auto, float32 and bfloat16", half.Error, StringComparison.Ordinal);
        var talk = await RunAsync(null, "chat", "runs/sentiment");
        Assert.Contains("use `attune predict runs/sentiment FILE`", talk.Error, StringComparison.Ordinal);
        var bare = await RunAsync(null, "predict", "bert", "reviews.csv", "--text", "{body}");
        Assert.Contains("is no classifier", bare.Error, StringComparison.Ordinal);
    }

    // One answer for each line, cell or row, in order: programs put them side by side.
    private async Task BlankTextsHaveAnAnswerAsync()
    {
        await File.WriteAllTextAsync(folder["lines.txt"], "\na funny film\n  \nan awful mess\r\n\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder["cells.csv"], "id,text\n1,a funny film\n2,\n3,an awful mess\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder["rows.jsonl"], "{\"text\": \"a funny film\"}\n\n{\"text\": null}\n{\"text\": \"an awful mess\"}\n", TestContext.Current.CancellationToken);
        foreach (var (file, numbers, blank) in new[] { ("lines.txt", new[] { 1, 2, 3, 4, 5 }, new[] { 1, 3, 5 }), ("cells.csv", [2, 3, 4], [3]), ("rows.jsonl", [1, 2, 3, 4], [2, 3]) })
        {
            var predict = await RunAsync(null, "predict", "runs/sentiment", file);
            Assert.True(predict.Code == 0, predict.Error);
            JsonElement[] labels = [.. predict.Output.Trim().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
            Assert.Equal(numbers, labels.Select(line => line.GetProperty("line").GetInt32()));
            Assert.Equal(blank, labels.Where(line => line.GetProperty("label").ValueKind == JsonValueKind.Null).Select(line => line.GetProperty("line").GetInt32()));
            string count = blank.Length == 1 ? "1 text is blank: the label is null" : $"{blank.Length} texts are blank: the label is null";
            Assert.Contains(count, predict.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);

            var embed = await RunAsync(null, "embed", "bert", file, "--output", "blank.jsonl");
            Assert.True(embed.Code == 0, embed.Error);
            JsonElement[] embedded = [.. (await File.ReadAllLinesAsync(folder["blank.jsonl"], TestContext.Current.CancellationToken)).Select(line => JsonDocument.Parse(line).RootElement)];
            Assert.Equal(numbers, embedded.Select(line => line.GetProperty("line").GetInt32()));
            Assert.Equal(blank, embedded.Where(line => line.GetProperty("embedding").ValueKind == JsonValueKind.Null).Select(line => line.GetProperty("line").GetInt32()));

            var tensor = await RunAsync(null, "embed", "bert", file, "--output", "blank.safetensors");
            Assert.Contains("the embedding is zeros", tensor.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
            using var open = Attune.Formats.Safetensors.Open(folder["blank.safetensors"]);
            Assert.Equal([(long)numbers.Length, 32], open.Tensors["embeddings"].Shape);
        }
    }

    private static string?[] Labels(string lines) => [.. lines.Trim().Split('\n').Select(line => JsonDocument.Parse(line).RootElement.GetProperty("label").GetString())];

    private static double[] Scores(string lines) => Scores(lines.Trim().Split('\n').Select(line => JsonDocument.Parse(line).RootElement));

    private static double[] Scores(IEnumerable<JsonElement> lines) => [.. lines.Select(line => line.GetProperty("score").GetDouble())];

    [Fact]
    public async Task Data_view_marks_what_is_trained()
    {
        var view = await RunAsync(null, "data", "view", Rows(), "--model", ChatModel(), "--row", "2");
        Assert.True(view.Code == 0, view.Error);
        string marked = view.Output[(view.Output.IndexOf('«', StringComparison.Ordinal) + 1)..view.Output.IndexOf('»', StringComparison.Ordinal)];
        Assert.Contains("walk rest", marked, StringComparison.Ordinal);
        Assert.DoesNotContain("sleep", marked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_template_shows_what_is_trained()
    {
        var shown = await RunAsync(null, "data", "template", "builtin:tiny", "--system", "be kind");
        Assert.True(shown.Code == 0, shown.Error);
        Assert.Contains("be kind", shown.Output, StringComparison.Ordinal);
        Assert.Equal(3, shown.Output.Count(letter => letter == '«')); // Two replies, and the legend.
        string marked = shown.Output[(shown.Output.IndexOf('«', StringComparison.Ordinal) + 1)..shown.Output.IndexOf('»', StringComparison.Ordinal)];
        Assert.StartsWith("What keeps you up?", marked, StringComparison.Ordinal);

        // As JSON the same, token by token; what is trained is the two replies with their ends, and nothing that the template opens them with.
        var json = await RunAsync(null, "data", "template", "builtin:tiny", "--json");
        var root = JsonDocument.Parse(json.Output).RootElement;
        var tokens = root.GetProperty("rows")[0].EnumerateArray().ToList();
        string opening = root.GetProperty("generation_prompt").GetString()!;
        string all = string.Concat(tokens.Select(token => token.GetProperty("text").GetString()));
        string trained = string.Concat(tokens.Where(token => token.GetProperty("trained").GetBoolean()).Select(token => token.GetProperty("text").GetString()));
        Assert.Contains(opening + "What keeps you up?", all, StringComparison.Ordinal);
        Assert.Equal(marked, trained[..marked.Length]);
        Assert.DoesNotContain("phone", trained, StringComparison.Ordinal);
        Assert.DoesNotContain(opening, trained, StringComparison.Ordinal);
        Assert.Contains(tokens, token => token.GetProperty("trained").GetBoolean() && root.GetProperty("end_tokens").EnumerateArray().Any(end => end.GetInt32() == token.GetProperty("id").GetInt32()));

        var source = await RunAsync(null, "data", "template", "builtin:tiny", "--source");
        Assert.Equal(root.GetProperty("template").GetString(), source.Output.TrimEnd('\n'));
    }

    [Theory]
    [InlineData(66, "there is no such model", "generate", "./nowhere", "hello")]
    [InlineData(66, "there is no such recipe", "plan", "nowhere.yaml")]
    [InlineData(64, "needs a model", "data", "view", "rows.jsonl")]
    [InlineData(64, "temperature must be greater than 0", "generate", "MODEL", "sleep", "--temperature", "-1")]
    [InlineData(64, "nothing to compare", "chat", "MODEL", "--compare")]
    [InlineData(64, "nothing to measure on", "evaluate", "MODEL")]
    public async Task What_is_wrong_is_said_with_an_exit_code(int code, string says, params string[] arguments)
    {
        string model = arguments.Contains("MODEL") ? ChatModel() : "";
        var run = await RunAsync(null, [.. arguments.Select(argument => argument == "MODEL" ? model : argument)]);
        Assert.Equal(code, run.Code);
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    /// <summary>The tiny model of the fixtures with a chat template beside it.</summary>
    private string ChatModel()
    {
        string? source = TestPaths.Parity.Select(root => Path.Combine(root, "_models", "train-llama")).FirstOrDefault(Directory.Exists);
        if (source is null)
        {
            Assert.Skip("the fixtures' model train-llama is absent");
        }

        string model = Directory.CreateDirectory(folder["model"]).FullName;
        foreach (string file in Directory.EnumerateFiles(source))
        {
            File.Copy(file, Path.Combine(model, Path.GetFileName(file)));
        }

        File.WriteAllText(Path.Combine(model, "chat_template.jinja"),
            "{% for m in messages %}<s>{{ m['role'] }} : {{ m['content'] }}</s>{% endfor %}{% if add_generation_prompt %}<s>assistant : {% endif %}");
        return model;
    }

    private string Rows()
    {
        string[] words = ["sleep", "walk", "eat", "rest", "run", "daily", "goal"];
        File.WriteAllLines(folder["rows.jsonl"], Enumerable.Range(0, 120).Select(i => JsonSerializer.Serialize(new
        {
            messages = new[]
            {
                new { role = "user", content = $"{(i == 1 ? "sleep" : words[i % 7])} {words[i / 7 % 7]}" },
                new { role = "assistant", content = i == 1 ? "walk rest" : $"{words[i % 5]} {words[i % 3]}" },
            },
        })));
        return folder["rows.jsonl"];
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(string? input, params string[] arguments)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "attune-cli.dll"), .. arguments])
            {
                WorkingDirectory = folder.Path,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.Start();
        var cancel = TestContext.Current.CancellationToken;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(cancel), process.StandardError.ReadToEndAsync(cancel));
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancel);
        return (process.ExitCode, await output, await error);
    }
}
