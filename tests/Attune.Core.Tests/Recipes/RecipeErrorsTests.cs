namespace Attune.Recipes;

public class RecipeErrorsTests
{
    private const string Least = "model: {source: a}\ndata: {train: x.jsonl}\nmethod: full\n";

    [Theory]
    [InlineData("model=null", "f.yaml:1:1: model.source is missing (or model.config, for a new model)")]
    [InlineData("model.config={a: 1}", "--set model.config={a: 1}: model.config must be left out where model.source is given: the source has its own")]
    [InlineData("model.source=[a]", "--set model.source=[a]: model.source must be text (got a list)")]
    [InlineData("model=x", "--set model=x: model must be a map (got x)")]
    [InlineData("data.train=null", "f.yaml:2:7: data.train is missing")]
    [InlineData("data.train=[a, {}]", "--set data.train=[a, {}]: data.train.1 must be text (got a map)")]
    [InlineData("data.map={user: '{a}'}", "data.map cannot be used: map: user make no example; give user and assistant")]
    [InlineData("data.map={user: '{a', assistant: '{b}'}", "data.map cannot be used: map: user: \"{a\" opens a brace and does not close it")]
    [InlineData("data.map={user: '{a}', asistant: '{b}'}", "unknown role \"asistant\" (did you mean \"assistant\"?)")]
    [InlineData("data.map={user: [a]}", "data.map must be a map from roles to texts, or a list of such maps (got a map)")]
    [InlineData("data.map=x", "data.map must be a map from roles to texts, or a list of such maps (got x)")]
    [InlineData("data.split.validation=val", "data.split.validation must be a number at least 0 and less than 1 (got val)")]
    [InlineData("data.split={validation: 0.5, test: 0.5}", "data.split.validation cannot be used: split: the shares must be at least 0 and together below 1")]
    [InlineData("data.split.train=x", "data.split.train needs data.split.column, whose values it names")]
    [InlineData("data.split={column: c, by: d}", "data.split.by must be left out where data.split.column is given")]
    [InlineData("data.split={column: c, test: val}", "data.split.validation cannot be used: split: the value \"val\" is named twice")]
    [InlineData("data.split.first.validation=0", "data.split.first.validation must be a whole number at least 1 (got 0)")]
    [InlineData("data.split.most.train=0", "data.split.most.train must be a whole number at least 1 (got 0)")]
    [InlineData("data.split={most: {train: 3}, first: {train: 3}}", "data.split.first is the old name of most: give one of them")]
    [InlineData("data.labels=[no, yes, no]", "data.labels names \"no\" twice")]
    [InlineData("data.labels=[1, 2, 1.0]", "data.labels names \"1.0\" twice: 1 and 1.0 are one label")]
    [InlineData("data.labels=[true, 'True']", "data.labels names \"True\" twice: true and True are one label")]
    [InlineData("method=null", "f.yaml:1:1: method is missing")]
    [InlineData("method=lorra", "method must be one of full, lora (got lorra); did you mean lora?")]
    [InlineData("method={lorra: {}}", "method has no lorra; did you mean lora?")]
    [InlineData("method={lora: 3}", "method.lora must be a map (got 3)")]
    [InlineData("method={lora: {}, full: {}}", "method must be a name, or a map of one name with its options (got a map)")]
    [InlineData("method=[lora]", "method must be a name, or a map of one name with its options (got a list)")]
    [InlineData("method.full.rank=3", "method.full has no options (got rank)")]
    [InlineData("method={lora: {dropout: 1}}", "method.lora.dropout must be at least 0 and less than 1 (got 1)")]
    [InlineData("train={warmup_steps: 3, warmup_ratio: 0.1}", "train.warmup_ratio must be left out where train.warmup_steps is given")]
    [InlineData("train.max_steps=2.5", "train.max_steps must be a whole number at least 1 (got 2.5)")]
    [InlineData("train.max_steps=99999999999", "train.max_steps must be a whole number at least 1 (got 99999999999)")]
    [InlineData("train.learning_rate=.nan", "train.learning_rate must be a number at least 0 (got .nan)")]
    [InlineData("train.learning_rate=1e999", "train.learning_rate must be a number at least 0 (got 1e999)")]
    [InlineData("train.seed=-1", "train.seed must be a whole number at least 0 and at most 4,294,967,295 (got -1)")]
    [InlineData("evaluate.metrics=[perplexity, bleu]", "evaluate.metrics.1 must be perplexity (got bleu)")]
    [InlineData("stop.metric=loss", "stop.metric must be validation_loss (got loss)")]
    [InlineData("output=''", "output must be text (got \"\")")]
    [InlineData("outputs=x", "--set outputs=x: a recipe has no key outputs; did you mean output?")]
    public void What_cannot_be_says_where_and_what_may_be(string edit, string message)
    {
        var e = Assert.Throws<RecipeException>(() => Recipe.Parse(Least, "f.yaml", ["method=full", edit], RecipeTests.Names));
        Assert.Contains(message, Assert.Single(e.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_that_is_named_twice_is_placed_where_it_stands_the_second_time()
    {
        var e = Assert.Throws<RecipeException>(() => Recipe.Parse("model: {source: a}\ndata: { labels: [no, yes, no], train: x.jsonl}\nmethod: full\n", "f.yaml", [], RecipeTests.Names));
        Assert.Equal("f.yaml:2:27: data.labels names \"no\" twice", Assert.Single(e.Errors));
    }

    [Theory]
    [InlineData("", "f.yaml:1:1: is empty; begin with model:, data: and method:")]
    [InlineData("- a", "f.yaml:1:1: must be a map of sections (got a list)")]
    [InlineData("hello", "f.yaml:1:1: must be a map of sections (got hello)")]
    public void What_is_no_recipe_at_all_is_said_to_be_none(string yaml, string message) =>
        Assert.StartsWith(message, Assert.Throws<AttuneException>(() => Recipe.Parse(yaml, "f.yaml")).Message, StringComparison.Ordinal);

    [Fact]
    public void An_error_found_later_is_placed_where_the_value_was_written()
    {
        Recipe recipe = Recipe.Parse(Least + "train:\n  max_tokens: 4096\n", "f.yaml");
        Assert.Equal("f.yaml:5:15: train.max_tokens must be at most 2048 (got 4096); lower it", recipe.Fault("train.max_tokens", "must be at most 2048 (got 4096)", "lower it").Message);
        Assert.Equal("f.yaml:5:3: train.pack is strange", recipe.Fault("train.pack", "is strange").Message);
        Assert.Equal("train.pack is strange", (recipe with { Nodes = null }).Fault("train.pack", "is strange").Message);
    }

    [Fact]
    public void Lists_and_maps_of_numbers_are_checked_item_by_item()
    {
        static (IReadOnlyList<int>, IReadOnlyDictionary<string, double>) Read(string yaml) => OptionReader.Read(
            (RecipeMap)YamlReader.Read(yaml, "f.yaml"),
            "method.lora",
            options => (options.Integers("layers", "Which.", NumberRange.NotNegative), options.Numbers("rank_pattern", "How much.", NumberRange.Positive)));
        (IReadOnlyList<int> layers, IReadOnlyDictionary<string, double> ranks) = Read("layers: [0, 3]\nrank_pattern: {'a.*b': 4, c: 2.5}");
        Assert.Equal([0, 3], layers);
        Assert.Equal(new Dictionary<string, double> { ["a.*b"] = 4, ["c"] = 2.5 }, ranks);
        Assert.Equal([7], Read("layers: 7").Item1);
        Assert.Equal(
            [
                "f.yaml:1:13: method.lora.layers.1 must be a whole number at least 0 (got -3)",
                "f.yaml:2:19: method.lora.rank_pattern.a must be a number greater than 0 (got 0)",
                "f.yaml:2:25: method.lora.rank_pattern.b must be a number greater than 0 (got x)",
            ],
            Assert.Throws<RecipeException>(() => Read("layers: [0, -3]\nrank_pattern: {a: 0, b: x}")).Errors);
    }

    [Fact]
    public void The_options_of_a_method_come_with_their_defaults()
    {
        Recipe bare = Recipe.Parse(Least, "f.yaml", ["method=lora"], RecipeTests.Names);
        Recipe written = Recipe.Parse(Least, "f.yaml", ["method={lora: {rank: 8, alpha: 8.0}}"], RecipeTests.Names);
        Assert.Equal("""{"lora":{"rank":8,"alpha":8,"dropout":0}}""", bare.Method.ToJson().ToJsonString());
        Assert.Equal(bare.Hash(), written.Hash());
    }
}
