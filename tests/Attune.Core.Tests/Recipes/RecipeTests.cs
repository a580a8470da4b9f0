namespace Attune.Recipes;

public class RecipeTests
{
    private const string Coach = """
        model:   { source: HuggingFaceTB/SmolLM2-135M-Instruct, precision: bf16 }
        task:    chat
        data:    { train: data/coach.jsonl, split: { validation: 0.1, test: 0.1 } }
        method:  { lora: { rank: 16, alpha: 32, targets: all-linear, dropout: 0.05 } }
        train:   { epochs: 3, batch_size: 8, max_tokens: 1024, pack: true, learning_rate: 2e-4, scheduler: cosine, warmup_ratio: 0.03 }
        stop:    { patience: 3, metric: validation_loss }
        evaluate: { metrics: [perplexity], forgetting: builtin:general, samples: 5 }
        output:  runs/coach
        """;

    internal static RecipeNames Names { get; } = new()
    {
        Tasks = ["chat", "text"],
        Optimizers = ["adamw"],
        Schedulers = ["linear", "cosine", "constant"],
        Metrics = ["perplexity"],
        Methods = new Dictionary<string, Action<OptionReader>>
        {
            ["full"] = _ => { },
            ["lora"] = options =>
            {
                options.Integer("rank", "The inner size.", 8, new NumberRange(1, 4096));
                options.Number("alpha", "The scale's numerator.", 8, NumberRange.Positive);
                options.Number("dropout", "The share of inputs that are dropped.", 0, NumberRange.BelowOne);
                options.Texts("targets", "Which layers.");
            },
        },
    };

    [Fact]
    public void A_whole_recipe_is_read()
    {
        Recipe recipe = Recipe.Parse(Coach, "coach.yaml", names: Names);
        Assert.Equal("HuggingFaceTB/SmolLM2-135M-Instruct", recipe.Model.Source);
        Assert.Equal(Precision.BFloat16, recipe.Model.Precision);
        Assert.Equal(["data/coach.jsonl"], recipe.Data.Train);
        Assert.Equal((0.1, 0.1, null), (recipe.Data.Split!.Validation, recipe.Data.Split.Test, recipe.Data.Split.Column));
        Assert.Equal("lora", recipe.Method.Name);
        Assert.Equal(16, OptionReader.Read(recipe.Method.Options, "method.lora", options =>
        {
            Names.Methods!["lora"](options);
            return options.Integer("rank", "", 8, new NumberRange(1));
        }));
        Assert.Equal(2e-4, recipe.Train.LearningRate);
        Assert.Equal(0.03, recipe.Train.WarmupRatio);
        Assert.Null(recipe.Train.MaxSteps);
        Assert.Equal(3, recipe.Stop.Patience);
        Assert.Equal("builtin:general", recipe.Evaluate.Forgetting);
        Assert.Equal("runs/coach", recipe.Output);
    }

    [Fact]
    public void All_errors_come_at_once_with_their_places()
    {
        const string yaml = """
            model:
              source: some/model
              precision: fp16
            data:
              train: a.jsonl
              split: {validation: 1.5}
            method:
              lora: {rank: 0, alfa: 3}
            train:
              learning_rat: 1
              learning_rate: -0.1
              batch_size: "8"
              scheduler: cosin
              pack: yes
            evaluation: {}
            """;
        var e = Assert.Throws<RecipeException>(() => Recipe.Parse(yaml, "recipe.yaml", names: Names));
        Assert.Equal(ExitCode.Usage, e.ExitCode);
        Assert.Equal(
            [
                "recipe.yaml:3:14: model.precision must be one of auto, float32, bf16, fp32, bfloat16 (got fp16)",
                "recipe.yaml:6:23: data.split.validation must be at least 0 and less than 1 (got 1.5)",
                "recipe.yaml:8:16: method.lora.rank must be a whole number at least 1 and at most 4,096 (got 0)",
                "recipe.yaml:8:19: method.lora has no key alfa; did you mean alpha?",
                "recipe.yaml:10:3: train has no key learning_rat; did you mean learning_rate?",
                "recipe.yaml:11:18: train.learning_rate must be at least 0 (got -0.1)",
                "recipe.yaml:12:15: train.batch_size must be a whole number at least 1 (got \"8\")",
                "recipe.yaml:13:14: train.scheduler must be one of linear, cosine, constant (got cosin); did you mean cosine?",
                "recipe.yaml:14:9: train.pack must be true or false (got yes)",
                "recipe.yaml:15:1: a recipe has no key evaluation; did you mean evaluate?",
            ],
            e.Errors);
    }

    [Fact]
    public void What_is_written_back_reads_as_the_same()
    {
        Recipe recipe = Recipe.Parse(Coach, "coach.yaml", names: Names);
        Recipe again = Recipe.Parse(recipe.ToYaml(), "resolved.yaml", names: Names);
        Assert.Equal(recipe.ToYaml(), again.ToYaml());
        Assert.Equal(recipe.Hash(), again.Hash());
        Assert.NotEqual(recipe.Hash(), (recipe with { Train = recipe.Train with { Seed = 1 } }).Hash());
    }
}
