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
        Assert.Contains(run.Report!.Notices, notice => notice.Code == "new-head" && notice.Text.Contains("classifier.weight", StringComparison.Ordinal));
        Assert.Contains(run.Report.Notices, notice => notice.Code == "head-replaced" && notice.Text.Contains("its labels bad, good are lost", StringComparison.Ordinal));
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

    [Fact]
    public async Task An_adapter_with_all_biases_is_opened_again_as_it_was()
    {
        var whole = await TrainAsync(SmallReviews.NewModel(folder, folder["new"], steps: 10));
        var run = await TrainAsync(SmallReviews.Lora(folder, whole.Artifact!, folder["biases"]).Replace("rank: 4", "rank: 4, bias: all", StringComparison.Ordinal));
        using (var saved = Safetensors.Open(Path.Combine(run.Artifact!, "adapter_model.safetensors")))
        {
            float[] bias = saved.ReadFloats("base_model.model.classifier.bias");
            Assert.Equal(bias, saved.ReadFloats("base_model.model.classifier.modules_to_save.bias"));
            Assert.NotEqual(bias, saved.ReadFloats("base_model.model.classifier.original_module.bias"));
            Assert.Contains("base_model.model.bert.encoder.layer.0.attention.self.query.base_layer.bias", saved.Tensors.Keys);
            Assert.Contains("base_model.model.bert.pooler.dense.bias", saved.Tensors.Keys);
        }

        var after = run.Report!.After.Predictions!;
        using var trainer = await Trainer.OpenAsync(Read(SmallReviews.Lora(folder, whole.Artifact!, folder["unused"])), stop: TestContext.Current.CancellationToken);
        using var open = ModelText.Open(whole.Artifact!).For(run.Artifact).Load(float32, float32);
        using var method = TuningMethods.Open(run.Artifact!, open.Weights);
        var again = RowPredictions.Of(EncoderModel.Of(open.Weights), trainer.Setup.Data.Test.Rows, after.Majority, cancellationToken: TestContext.Current.CancellationToken);
        Assert.All(after.Losses.Zip(again.Losses), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public async Task Labels_that_only_validation_or_test_has_and_sets_of_one_label_are_told_before_work()
    {
        string Write(string name, params string[] labels)
        {
            File.WriteAllLines(folder[name], labels.SelectMany(label => Enumerable.Range(0, 4).Select(i => $$"""{"text": "a film {{i}} {{label}}", "label": "{{label}}"}""")));
            return folder[name];
        }

        string yaml = SmallReviews.NewModel(folder, folder["told"]);
        var recipe = Recipe.Parse(yaml, edits: [$"data={{train: {Write("a.jsonl", "bad", "good")}, validation: {Write("b.jsonl", "bad", "odd")}, test: {Write("c.jsonl", "good")}}}"], names: KnownNames.All);
        using var trainer = await Trainer.OpenAsync(recipe, stop: TestContext.Current.CancellationToken);
        var odd = Assert.Single(trainer.Notices, notice => notice.Code == "labels-only-held-out");
        Assert.Equal("4 rows of validation or test have the label odd, which no training row has", odd.Text);
        Assert.EndsWith("b.jsonl:5", odd.First, StringComparison.Ordinal);
        Assert.Contains("all 4 test rows have the label \"good\"", Assert.Single(trainer.Notices, notice => notice.Code == "one-label-test").Text, StringComparison.Ordinal);
        Assert.DoesNotContain(trainer.Notices, notice => notice.Code is "one-label-training" or "one-label-validation" or "many-labels");
        Assert.Equal([new LabelCount("bad", 4, 4, 0), new LabelCount("good", 4, 0, 4), new LabelCount("odd", 0, 4, 0)], trainer.Plan.Numbers.Labels!);

        // A label for every row names nothing; one label for all of them neither.
        var ids = Recipe.Parse(yaml, edits: [$"data={{train: {Write("d.jsonl", [.. Enumerable.Range(0, 9).Select(i => $"id{i}")])}, max_rows: 12}}"], names: KnownNames.All);
        using (var many = await Trainer.OpenAsync(ids, stop: TestContext.Current.CancellationToken))
        {
            Assert.Contains("12 training rows have 9 different labels", Assert.Single(many.Notices, notice => notice.Code == "many-labels").Text, StringComparison.Ordinal);
        }

        var one = Recipe.Parse(yaml, edits: [$"data={{train: {Write("e.jsonl", "good")}, test: {folder["b.jsonl"]}}}"], names: KnownNames.All);
        using var only = await Trainer.OpenAsync(one, stop: TestContext.Current.CancellationToken);
        Assert.Contains(only.Notices, notice => notice.Code == "one-label-training");
    }

    [Fact]
    public async Task Fewer_rows_are_measured_by_a_sample_that_has_both_labels()
    {
        string[] rows = [.. (await File.ReadAllLinesAsync(folder["rows.jsonl"], TestContext.Current.CancellationToken)).OrderBy(row => row.Contains("good", StringComparison.Ordinal))];
        await File.WriteAllLinesAsync(folder["rows.jsonl"], rows, TestContext.Current.CancellationToken);
        string yaml = SmallReviews.NewModel(folder, folder["few"], steps: 2).Replace("split: { validation: 0.2, test: 0.2 }", $"test: [{folder["t.jsonl"]}]", StringComparison.Ordinal);
        File.Copy(folder["rows.jsonl"], folder["t.jsonl"]);
        var recipe = Recipe.Parse(yaml, edits: ["evaluate.max_rows=12", "data.max_rows=30"], names: KnownNames.All);
        var run = await Trainer.TrainAsync(recipe, stop: TestContext.Current.CancellationToken);
        Assert.Equal([(0, 4), (1, 8)], run.Report!.After.Predictions!.Expected.CountBy(label => label).OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value)));
        using var trainer = await Trainer.OpenAsync(recipe, stop: TestContext.Current.CancellationToken);
        Assert.Equal([10L, 20L], trainer.Plan.Numbers.Labels!.Select(label => label.Train));
    }

    [Fact]
    public async Task An_adapter_is_not_trained_on_under_other_labels()
    {
        var whole = await TrainAsync(SmallReviews.NewModel(folder, folder["new"], steps: 2));
        string rows = await File.ReadAllTextAsync(folder["rows.jsonl"], TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder["rows.jsonl"], rows.Replace("\"bad\"", "\"no\"", StringComparison.Ordinal).Replace("\"good\"", "\"yes\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        var run = await TrainAsync(SmallReviews.Lora(folder, whole.Artifact!, folder["lora"], steps: 2));
        string again = SmallReviews.Lora(folder, whole.Artifact!, folder["again"], steps: 2).Replace("precision:", $"adapter: {run.Artifact}, precision:", StringComparison.Ordinal);
        using (var trainer = await Trainer.OpenAsync(Read(again), stop: TestContext.Current.CancellationToken))
        {
            Assert.DoesNotContain(trainer.Notices, notice => notice.Code is "new-head" or "head-replaced");
        }

        await File.WriteAllTextAsync(folder["rows.jsonl"], rows.Replace("\"bad\"", "\"no\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<AttuneException>(() => Trainer.OpenAsync(Read(again), stop: TestContext.Current.CancellationToken));
        Assert.Contains("has a classifier for the labels no, yes, the rows want one for good, no", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("evaluate.forgetting=builtin:general", "needs a model that writes")]
    [InlineData("evaluate.metrics=perplexity", "cannot be perplexity for this task; it has accuracy and macro_f1")]
    [InlineData("data.labels=[good, fine]", "the label bad is none of data.labels")]
    [InlineData("task=text", "is an encoder (bert)")]
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
