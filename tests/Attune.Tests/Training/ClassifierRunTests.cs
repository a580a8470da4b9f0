using Attune.Evaluation;
using Attune.Formats;
using Attune.Generation;
using Attune.Models;
using Attune.Recipes;
using Attune.Tasks;
using Attune.Tuning;
using static TorchSharp.torch;

namespace Attune.Training;

/// <summary>Whole runs of text classification: from nothing, with LoRA on the result, stopped and gone on with; what is left is opened again.</summary>
public sealed class ClassifierRunTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public ClassifierRunTests() => SmallReviews.Write(folder);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_new_model_learns_its_labels_and_the_report_says_so()
    {
        var run = await TrainAsync(SmallReviews.NewModel(folder, folder["new"], steps: 60));
        var config = HuggingFaceConfig.Open(run.Artifact!);
        Assert.Equal(["bad", "good"], config.Labels!);
        Assert.Equal(["BertForSequenceClassification"], config.Architectures);
        Assert.Equal(1, config.GetObject("label2id").GetInt("good"));
        var found = run.Report!.Labels!;
        Assert.Equal(Verdict.Better, found.Verdict);
        Assert.True(found.Accuracy.After > found.MajorityAccuracy + 0.1, $"{found}");
        Assert.Equal("good", found.Majority);
        Assert.Null(run.Report.HeldOut);

        // Read back, it is the same; the page shows what the file holds.
        var read = Report.Read(run.Folder);
        Assert.Equal(found, read.Labels);
        Assert.Equal(found, read.Compare().Labels);
        string page = await File.ReadAllTextAsync(Path.Combine(run.Folder, "report.html"), TestContext.Current.CancellationToken);
        foreach (string text in new[] { "Accuracy", "Macro F1", "“good”", "attune predict", "accuracy went from" })
        {
            Assert.Contains(text, page, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("erplexity", page, StringComparison.Ordinal);
        Assert.DoesNotContain("attune chat", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_adapter_brings_its_classifier_and_its_labels_along()
    {
        var whole = await TrainAsync(SmallReviews.NewModel(folder, folder["new"], steps: 10));

        // The same encoder under other labels: its classifier begins anew.
        string rows = await File.ReadAllTextAsync(folder["rows.jsonl"], TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder["rows.jsonl"], rows.Replace("\"bad\"", "\"0\"", StringComparison.Ordinal).Replace("\"good\"", "\"yes\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        var run = await TrainAsync(SmallReviews.Lora(folder, whole.Artifact!, folder["lora"]));
        Assert.Contains(run.Report!.Notices, notice => notice.Text.Contains("classifier.weight", StringComparison.Ordinal));
        var settings = HuggingFaceConfig.OpenAny(Path.Combine(run.Artifact!, "adapter_config.json"));
        Assert.Equal("SEQ_CLS", settings.FindString("task_type"));
        Assert.Equal(["classifier", "score"], settings.FindStrings("modules_to_save")!);
        Assert.Equal(["0", "yes"], HuggingFaceConfig.Open(run.Artifact!).Labels!);

        // Opened again, it says what the report measured.
        using var classifier = await TextClassifier.OpenAsync(run.Artifact!, TestContext.Current.CancellationToken);
        Assert.Equal(["0", "yes"], classifier.Labels);
        var after = run.Report.After.Predictions!;
        using var trainer = await Trainer.OpenAsync(Read(SmallReviews.Lora(folder, whole.Artifact!, folder["unused"])), stop: TestContext.Current.CancellationToken);
        var texts = trainer.Setup.Data.Test.Places.Select(place => rows.Split('\n')[place.Number - 1]).Select(row => System.Text.Json.JsonDocument.Parse(row).RootElement.GetProperty("text").GetString()!).ToList();
        var said = classifier.Classify(texts, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(after.Predicted.Select(label => after.Labels[label]), said.Select(one => one.Label));
        Assert.All(said.Zip(after.Expected.Zip(after.Losses)), pair => Assert.Equal(pair.Second.Second, -Math.Log(pair.First.Scores[pair.Second.First]), 1e-4));

        // Merged, it is a model that needs no adapter.
        using var open = ModelText.Open(whole.Artifact!).For(run.Artifact).Load(float32, float32);
        using var method = TuningMethods.Open(run.Artifact!, open.Weights);
        method.Merge();
        using var merged = new TextClassifier(open);
        Assert.All(said.Zip(merged.Classify(texts, cancellationToken: TestContext.Current.CancellationToken)), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-5));
    }

    [Fact]
    public async Task A_run_that_was_stopped_goes_on_to_the_same_bits()
    {
        var whole = await TrainAsync(SmallReviews.NewModel(folder, folder["new"], steps: 5));
        var never = await TrainAsync(SmallReviews.Lora(folder, whole.Artifact!, folder["never"]));
        using var stop = new CancellationTokenSource();
        var stopped = await Trainer.TrainAsync(Read(SmallReviews.Lora(folder, whole.Artifact!, folder["stopped"])), happened =>
        {
            if (happened is StepDone { Step: 4 })
            {
                stop.Cancel();
            }
        }, stop.Token);
        Assert.Equal("signal", stopped.Reason);
        var resumed = await Trainer.ResumeAsync(folder["stopped"], stop: TestContext.Current.CancellationToken);
        Assert.Equal(await BytesAsync(never), await BytesAsync(resumed));
        Assert.Equal(never.Report!.Labels, resumed.Report!.Labels);
        Assert.Equal(never.Report.Before.Predictions!.Losses, resumed.Report.Before.Predictions!.Losses);
    }

    [Theory]
    [InlineData("evaluate.forgetting=builtin:general", "needs a model that writes")]
    [InlineData("evaluate.metrics=perplexity", "cannot be perplexity for this task; it has accuracy and macro_f1")]
    [InlineData("data.labels=[good, fine]", "the label bad is none of data.labels")]
    [InlineData("task=text", "is an encoder (bert)")]
    [InlineData("method={lora: {bias: all, targets: [query]}}", "bias: all beside a classifier")]
    public async Task What_does_not_suit_is_said_before_the_training(string edit, string says)
    {
        var recipe = Recipe.Parse(SmallReviews.NewModel(folder, folder["none"]), edits: [edit], names: KnownNames.All);
        var error = await Assert.ThrowsAnyAsync<AttuneException>(() => Trainer.TrainAsync(recipe, stop: TestContext.Current.CancellationToken));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder["none"], "plan.json")));
    }

    [Fact]
    public async Task One_label_is_nothing_to_learn()
    {
        await File.WriteAllTextAsync(folder["rows.jsonl"], string.Concat(Enumerable.Range(0, 60).Select(row => $"{{\"text\": \"film {row}\", \"label\": \"x\"}}\n")), TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<AttuneException>(() => TrainAsync(SmallReviews.NewModel(folder, folder["none"])));
        Assert.Equal(ExitCode.BadData, error.ExitCode);
        Assert.Contains("all rows have the label x", error.Message, StringComparison.Ordinal);
    }

    private static Recipe Read(string yaml) => Recipe.Parse(yaml, names: KnownNames.All);

    private static Task<RunResult> TrainAsync(string yaml) => Trainer.TrainAsync(Read(yaml), stop: TestContext.Current.CancellationToken);

    private static Task<byte[]> BytesAsync(RunResult run) => File.ReadAllBytesAsync(Path.Combine(run.Artifact!, "adapter_model.safetensors"), TestContext.Current.CancellationToken);
}
