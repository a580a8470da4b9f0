using Attune.Data;

namespace Attune.Recipes;

public class ShippedRecipesTests
{
    public static IEnumerable<TheoryDataRow<string>> Files =>
        Directory.EnumerateFiles(Path.Combine(TestPaths.Root, "recipes"), "*.yaml").Select(file => new TheoryDataRow<string>(Path.GetFileName(file)));

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_recipe_is_valid_and_begins_with_the_command_that_runs_it(string file)
    {
        string path = Path.Combine(TestPaths.Root, "recipes", file);
        Recipe recipe = Recipe.Load(path);
        Assert.Equal("runs/" + Path.GetFileNameWithoutExtension(file), recipe.Output);
        Assert.StartsWith("# attune train recipes/" + file, File.ReadLines(path).First(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_counsel_recipe_is_the_one_of_the_reference_figures()
    {
        Recipe recipe = Recipe.Load(Path.Combine(TestPaths.Root, "recipes", "counsel.yaml"));
        ExampleSource source = recipe.Data.ToSource();
        Assert.Equal([new("user", "{questionTitle}\n\n{questionText}"), new MappedColumn("assistant", "{answerText}")], source.Map!);
        Assert.True(source is { Trim: true, DropEmpty: true, Form: null });
        Assert.True(source.Split is { Column: "split", TrainValues: ["train"], ValidationValues: ["val"], TestValues: ["none"], ValidationMost: 100, TrainMost: null });
        Assert.Equal(
            new TrainOptions { MaxSteps = 100, MaxTokens = 512, LearningRate = 2e-4, Scheduler = "cosine", WarmupRatio = 0.03 },
            recipe.Train);
        Assert.Equal("""{"lora":{"rank":16,"alpha":32,"dropout":0,"targets":"all-linear"}}""", recipe.Method.ToJson().ToJsonString());
    }
}
