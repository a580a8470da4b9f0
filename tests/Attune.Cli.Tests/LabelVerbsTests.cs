using System.Diagnostics;
using System.Text.Json;

namespace Attune.Cli;

/// <summary>What the verbs say of labels: a small classifier of five, trained, planned and measured on rows of its own and others.</summary>
public sealed class LabelVerbsTests : IDisposable
{
    private const string Words = "[PAD] [UNK] [CLS] [SEP] [MASK] a film one two three four five";
    private readonly TemporaryFolder folder = new();

    public LabelVerbsTests()
    {
        Directory.CreateDirectory(folder["words"]);
        File.WriteAllLines(Path.Combine(folder["words"], "vocab.txt"), Words.Split(' '));
        Write("rows.jsonl", [.. Enumerable.Range(0, 40).Select(i => (i % 5) + 1), 1, 1]);
        File.WriteAllText(folder["r.yaml"],
            """
            model:
              config: { model_type: bert, vocab_size: 12, hidden_size: 8, intermediate_size: 8, num_hidden_layers: 1, num_attention_heads: 2, max_position_embeddings: 16 }
              tokenizer: words
              precision: float32
            task: text-classification
            data: { train: rows.jsonl }
            method: full
            train: { max_steps: 2, batch_size: 8, max_tokens: 8 }
            output: runs/x
            """);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Other_rows_are_measured_by_their_labels_names_and_against_the_majority_of_the_training_rows()
    {
        var plan = await RunAsync("plan", "r.yaml");
        Assert.Contains("5: 1 10, 2 8, 3 8, 4 8, 5 8 (training rows)", plan.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("train", "r.yaml")).Code);

        Write("four.jsonl", [4, 4, 4, 3, 3, 1]);
        var run = Json(await RunAsync("evaluate", "runs/x", "--data", "four.jsonl", "--json"));
        Assert.Equal(("1", "training rows"), (run.GetProperty("majority").GetString(), run.GetProperty("majority_of").GetString()));
        Assert.Equal(1 / 6.0, run.GetProperty("majority_accuracy").GetDouble(), 1e-9);
        var model = await RunAsync("evaluate", "runs/x/model", "--data", "four.jsonl");
        Assert.Contains("always “4”, the label that most measured rows have: accuracy 0.5000", model.Output, StringComparison.Ordinal);

        Write("zero.jsonl", [1, 0, 2]);
        var zero = await RunAsync("evaluate", "runs/x", "--data", "zero.jsonl");
        Assert.Equal((int)ExitCode.BadData, zero.Code);
        Assert.Contains("zero.jsonl:2: the model has no label \"0\": its labels are 1, 2, 3, 4, 5", zero.Error, StringComparison.Ordinal);

        Write("sorted.jsonl", [.. Enumerable.Repeat(1, 12), .. Enumerable.Repeat(5, 12)]);
        var few = Json(await RunAsync("evaluate", "runs/x", "--data", "sorted.jsonl", "--max-rows", "4", "--json"));
        Assert.Equal((4, 0.5), (few.GetProperty("rows").GetInt32(), few.GetProperty("majority_accuracy").GetDouble()));
        Assert.Equal(["measured-rows-trained-on", "equal-rows"], few.GetProperty("notices").EnumerateArray().Select(notice => notice.GetProperty("code").GetString()));
        Write("five.jsonl", [5, 5, 5]);
        var five = Json(await RunAsync("evaluate", "runs/x", "--data", "five.jsonl", "--json"));
        Assert.Contains("one-label-measured", five.GetProperty("notices").EnumerateArray().Select(notice => notice.GetProperty("code").GetString()));

        // Counted from 0 the labels are others: the classifier begins anew, and plan says what is lost.
        Write("rows.jsonl", [.. Enumerable.Range(0, 40).Select(i => i % 5)]);
        var anew = Json(await RunAsync("plan", "r.yaml", "--set", "model={source: runs/x/model, precision: float32}", "--set", "output=runs/y", "--json"));
        Assert.Contains(anew.GetProperty("notices").EnumerateArray(), notice => notice.GetProperty("code").GetString() == "head-replaced"
            && notice.GetProperty("text").GetString()!.Contains("its label 5 is lost", StringComparison.Ordinal));
        Assert.Equal(["0", "1", "2", "3", "4"], anew.GetProperty("numbers").GetProperty("labels").EnumerateArray().Select(label => label.GetProperty("label").GetString()));

        // The run's own rows are gone: it is said, and the measurement goes on.
        File.Delete(folder["rows.jsonl"]);
        var gone = Json(await RunAsync("evaluate", "runs/x", "--data", "four.jsonl", "--json"));
        Assert.Equal(("4", "measured rows"), (gone.GetProperty("majority").GetString(), gone.GetProperty("majority_of").GetString()));
        Assert.Equal("training-rows-gone", Assert.Single(gone.GetProperty("notices").EnumerateArray()).GetProperty("code").GetString());
    }

    private static JsonElement Json((int Code, string Output, string Error) result)
    {
        Assert.True(result.Code == 0, result.Error);
        return JsonDocument.Parse(result.Output).RootElement;
    }

    private void Write(string name, params IEnumerable<int> labels) => File.WriteAllLines(folder[name], labels.Select((label, i) =>
        $$"""{"text": "{{string.Join(' ', Enumerable.Repeat("a", 1 + (i % 3)))}} film {{Words.Split(' ')[7 + ((label + 4) % 5)]}}", "label": {{label}}}"""));

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
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
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancel);
        return (process.ExitCode, await output, await error);
    }
}
