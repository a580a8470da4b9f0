using Attune.Data;
using Attune.Evaluation;
using Attune.Models;
using Attune.Nn;
using Attune.Recipes;
using Attune.Tasks;
using Attune.Training;
using Attune.Tuning;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Own;

/// <summary>
/// What CONTRIBUTING.md says: a model family, a tuning method, a task, a form and a file format are one file each, named in a recipe, trained,
/// saved and opened again. This folder's files are the examples that it names.
/// </summary>
public sealed class OwnTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    static OwnTests()
    {
        ModelFamilies.Add(typeof(OwnTests).Assembly);
        TuningMethods.Add(typeof(OwnTests).Assembly);
        TaskRegistry.Add(typeof(OwnTests).Assembly);
        ExampleForms.Add(new InterviewForm());
        RowFormats.Add(new InterviewFormat());
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_family_and_a_method_of_ones_own_are_trained_by_name_saved_and_opened_again()
    {
        // A new model of the own family, trained whole, on the own task, from a file in the own format and form.
        var recipe = Recipe.Parse(
            $$"""
            model:
              precision: float32
              config: { model_type: attention-only, vocab_size: 4096, hidden_size: 16, num_hidden_layers: 2, num_attention_heads: 4, max_position_embeddings: 128 }
              tokenizer: {{Path.Combine(TestPaths.Root, "models", "tiny")}}
            task: focal-chat
            data: { train: {{Rows()}}, format: interview, split: { validation: 0.3 } }
            method: full
            train: { max_steps: 4, batch_size: 4, learning_rate: 1e-2, max_tokens: 64 }
            evaluate: { samples: 1 }
            output: {{folder["whole"]}}
            """, names: KnownNames.All);
        var whole = await Trainer.TrainAsync(recipe, stop: TestContext.Current.CancellationToken);
        Assert.True(whole.Report!.HeldOut!.Loss.After < whole.Report.HeldOut.Loss.Before - 0.05, $"{whole.Report.HeldOut.Loss}");
        Assert.Equal("attention-only", whole.Report.Model.Family);

        // Opened again, it is the model that the report measured; with a cache it says the same.
        var rows = await HeldOutAsync(recipe with { Output = folder["unused"] });
        using var opened = OpenModel.Open(whole.Artifact!);
        Assert.IsType<AttentionOnly>(opened.Model);
        Assert.Equal(whole.Report.After.HeldOut!.Loss, LossOf(opened.Model, rows), 6);
        AssertCacheAgrees(opened.Model, rows[0].Ids);

        // The own method on that model leaves an adapter.
        var tuned = await Trainer.TrainAsync(Recipe.Parse(
            $$"""
            model: { source: {{whole.Artifact}}, precision: float32 }
            task: focal-chat
            data: { train: {{Rows()}}, split: { validation: 0.3 } }
            method: { norms-only: { skip_last: true } }
            train: { max_steps: 4, batch_size: 4, learning_rate: 1e-1, max_tokens: 64 }
            evaluate: { samples: 0 }
            output: {{folder["norms"]}}
            """, names: KnownNames.All), stop: TestContext.Current.CancellationToken);
        Assert.Equal(2 * 16, tuned.Report!.Method.TrainedParameters);
        Assert.NotEqual(tuned.Report.Before.HeldOut!.Loss, tuned.Report.After.HeldOut!.Loss, 4);

        // Opened by the name in its adapter_config.json onto the base: the same figures, and again when it is folded in.
        using var adapter = TuningMethods.Open(tuned.Artifact!, opened.Model);
        Assert.IsType<NormsOnly>(adapter);
        Assert.Equal(tuned.Report.After.HeldOut.Loss, LossOf(opened.Model, rows), 6);
        adapter.Detach();
        Assert.Equal(tuned.Report.Before.HeldOut.Loss, LossOf(opened.Model, rows), 6);
        adapter.Merge();
        Assert.Equal(tuned.Report.After.HeldOut.Loss, LossOf(opened.Model, rows), 6);
    }

    [Fact]
    public void Names_that_are_not_there_are_refused_with_the_nearest_of_ones_own()
    {
        string recipe = $"model: {{ source: builtin:tiny }}\ndata: {{ train: {Rows()} }}\ntask: focal-chatt\nmethod: norm-only\noutput: x\n";
        var error = Assert.ThrowsAny<AttuneException>(() => Recipe.Parse(recipe, names: KnownNames.All));
        Assert.Contains("focal-chat?", error.Message, StringComparison.Ordinal);
        Assert.Contains("norms-only?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Contributing_names_these_files()
    {
        string contributing = File.ReadAllText(Path.Combine(TestPaths.Root, "CONTRIBUTING.md"));
        Assert.All([nameof(AttentionOnly), nameof(NormsOnly), nameof(FocalChat), nameof(InterviewForm), nameof(InterviewFormat)], name =>
        {
            Assert.Contains($"(tests/Attune.Tests/Own/{name}.cs)", contributing, StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(TestPaths.Root, "tests", "Attune.Tests", "Own", name + ".cs")));
        });
    }

    private static async Task<IReadOnlyList<Text.TokenRow>> HeldOutAsync(Recipe recipe)
    {
        using var trainer = await Trainer.OpenAsync(recipe, stop: TestContext.Current.CancellationToken);
        return trainer.Setup.Data.Validation.Rows;
    }

    private static double LossOf(LanguageModel model, IReadOnlyList<Text.TokenRow> rows) =>
        RowLosses.Of(Perplexity.OfRows(model, rows, 2048, null, TestContext.Current.CancellationToken)).Loss;

    private static void AssertCacheAgrees(LanguageModel model, int[] ids)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var cache = model.NewCache(1);
        var whole = model.Hidden(PackedRows.From([ids], CPU));
        _ = model.Hidden(PackedRows.From([ids[..^1]], CPU), cache);
        var last = model.Hidden(PackedRows.From([ids[^1..]], CPU, starts: [ids.Length - 1]), cache);
        Assert.True((whole[^1] - last[0]).abs().max().ToDouble() < 1e-4);
    }

    private string Rows()
    {
        string[] words = ["sleep", "walk", "eat", "rest", "run", "daily", "goal"];
        File.WriteAllLines(folder["rows.interview"], Enumerable.Range(0, 40).SelectMany(i => new[] { $"Q: How do I {words[i % 7]} and {words[i / 7]}?", $"A: First {words[i % 5]}, then {words[i % 3]}.", "" }));
        return folder["rows.interview"];
    }
}
