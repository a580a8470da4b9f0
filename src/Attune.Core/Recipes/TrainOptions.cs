using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Attune.Recipes;

/// <summary>The section <c>train</c>: the training itself. Names and defaults are those of Hugging Face's trainer where it has them.</summary>
public sealed record TrainOptions
{
    /// <summary>Passes over the training rows, more than 0. Default 3. Counts where <see cref="MaxSteps"/> is null.</summary>
    public double Epochs { get; init; } = 3;

    /// <summary>Optimizer steps, 1 or more, however many passes over the rows that takes; null: <see cref="Epochs"/> decides.</summary>
    public int? MaxSteps { get; init; }

    /// <summary>Rows, 1 or more, that each of the <see cref="GradientAccumulationSteps"/> parts of a step takes. Default 8.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Parts of a step, 1 or more: a step trains this many times <see cref="BatchSize"/> rows. Default 1.</summary>
    public int GradientAccumulationSteps { get; init; } = 1;

    /// <summary>The tokens, 2 or more, at which a row is cut; null: the model's longest.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Whether short rows lie behind each other without padding (attention stays within each). Default true.</summary>
    public bool Pack { get; init; } = true;

    /// <summary>The tokens, 1 or more, that go through the model at once: less memory, the same result; null: what the plan finds to fit.</summary>
    public int? MicroBatchTokens { get; init; }

    /// <summary>The highest learning rate, 0 or more. Default 5e-5; LoRA wants some 2e-4.</summary>
    public double LearningRate { get; init; } = 5e-5;

    /// <summary>AdamW's decay, 0 or more; norms and biases are spared. Default 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>The optimizer's short name. Default <c>adamw</c>.</summary>
    public string Optimizer { get; init; } = "adamw";

    /// <summary>The running mean's memory, from 0 to below 1. Default 0.9.</summary>
    public double AdamBeta1 { get; init; } = 0.9;

    /// <summary>The running square's memory, from 0 to below 1. Default 0.999.</summary>
    public double AdamBeta2 { get; init; } = 0.999;

    /// <summary>What is added to the root of the running square, more than 0. Default 1e-8.</summary>
    public double AdamEpsilon { get; init; } = 1e-8;

    /// <summary>The norm that the whole gradient is scaled down to, 0 or more; 0: never. Default 1.</summary>
    public double MaxGradNorm { get; init; } = 1;

    /// <summary>The learning rate's course: <c>linear</c>, <c>cosine</c>, … Default <c>linear</c>.</summary>
    public string Scheduler { get; init; } = "linear";

    /// <summary>Further arguments of the course, as transformers' <c>lr_scheduler_kwargs</c>; null: none.</summary>
    [JsonIgnore]
    public RecipeMap? SchedulerArgs { get; init; }

    /// <summary>The share of all steps, 0 to 1, in which the rate rises from 0. Default 0. Counts where <see cref="WarmupSteps"/> is null.</summary>
    public double WarmupRatio { get; init; }

    /// <summary>The steps, 0 or more, in which the rate rises from 0; null: <see cref="WarmupRatio"/> decides.</summary>
    public int? WarmupSteps { get; init; }

    /// <summary>How much of each target's weight goes to all tokens alike, from 0 to below 1. Default 0.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>Times the square of the logarithm of the softmax's denominator, which is added to the loss (Chowdhery et al. 2022), 0 or more: keeps logits from drifting. Default 0; 1e-4 is common.</summary>
    public double ZLoss { get; init; }

    /// <summary>What chance begins with (row order, dropout, new weights), from 0 to 4,294,967,295. Default 0.</summary>
    public long Seed { get; init; }

    /// <summary>Whether each block's activations are computed again in the backward pass: less memory, more time. Default false.</summary>
    public bool CheckpointActivations { get; init; }

    /// <summary>Steps between checkpoints, 0 or more; 0: only at the end and by <see cref="SaveMinutes"/>. Default 100.</summary>
    public int SaveEvery { get; init; } = 100;

    /// <summary>Minutes between checkpoints, 0 or more; 0: by steps only. Default 10.</summary>
    public double SaveMinutes { get; init; } = 10;

    /// <summary>How many of the last checkpoints are kept, 1 or more, besides the best. Default 2.</summary>
    public int Keep { get; init; } = 2;

    /// <summary>Steps between measurements on the validation rows, 1 or more; null: at the end of each pass over the rows.</summary>
    public int? EvaluateEvery { get; init; }

    /// <summary>Steps between lines of the plain log, and between steps in <c>--json</c>, 1 or more; null: a line every few seconds, every step in <c>--json</c>.</summary>
    public int? LogEvery { get; init; }

    [JsonInclude]
    [JsonPropertyName("scheduler_args")]
    internal JsonObject? SchedulerArgsJson => SchedulerArgs?.ToJson();

    internal static TrainOptions Read(OptionReader options, RecipeNames names)
    {
        TrainOptions defaults = new();
        var oneOrMore = new NumberRange(1);
        var seeds = new NumberRange(0, uint.MaxValue);
        TrainOptions read = new()
        {
            Epochs = options.Number("epochs", "Passes over the training rows; counts where max_steps is absent.", defaults.Epochs, NumberRange.Positive),
            MaxSteps = options.IntegerOrNull("max_steps", "Optimizer steps, however many passes over the rows that takes.", oneOrMore),
            BatchSize = options.Integer("batch_size", "Rows that each of the gradient_accumulation_steps parts of a step takes.", defaults.BatchSize, oneOrMore),
            GradientAccumulationSteps = options.Integer("gradient_accumulation_steps", "Parts of a step: it trains this many times batch_size rows.", defaults.GradientAccumulationSteps, oneOrMore),
            MaxTokens = options.IntegerOrNull("max_tokens", "The tokens at which a row is cut; the model's longest where it is absent.", new NumberRange(2)),
            Pack = options.Boolean("pack", "Whether short rows lie behind each other without padding; attention stays within each.", defaults.Pack),
            MicroBatchTokens = options.IntegerOrNull("micro_batch_tokens", "The tokens that go through the model at once: less memory, the same result.", oneOrMore),
            LearningRate = options.Number("learning_rate", "The highest learning rate; LoRA wants some 2e-4.", defaults.LearningRate, NumberRange.NotNegative),
            WeightDecay = options.Number("weight_decay", "AdamW's decay; norms and biases are spared.", defaults.WeightDecay, NumberRange.NotNegative),
            Optimizer = options.Name("optimizer", "The optimizer.", defaults.Optimizer, names.Optimizers),
            AdamBeta1 = options.Number("adam_beta1", "The running mean's memory.", defaults.AdamBeta1, NumberRange.BelowOne),
            AdamBeta2 = options.Number("adam_beta2", "The running square's memory.", defaults.AdamBeta2, NumberRange.BelowOne),
            AdamEpsilon = options.Number("adam_epsilon", "What is added to the root of the running square.", defaults.AdamEpsilon, NumberRange.Positive),
            MaxGradNorm = options.Number("max_grad_norm", "The norm that the whole gradient is scaled down to; 0: never.", defaults.MaxGradNorm, NumberRange.NotNegative),
            Scheduler = options.Name("scheduler", "The learning rate's course.", defaults.Scheduler, names.Schedulers),
            SchedulerArgs = options.Map("scheduler_args", "Further arguments of the course (num_cycles, power, min_lr_rate, …)."),
            WarmupRatio = options.Number("warmup_ratio", "The share of all steps in which the rate rises from 0; counts where warmup_steps is absent.", defaults.WarmupRatio, NumberRange.Share),
            WarmupSteps = options.IntegerOrNull("warmup_steps", "The steps in which the rate rises from 0.", NumberRange.NotNegative),
            LabelSmoothing = options.Number("label_smoothing", "How much of each target's weight goes to all tokens alike.", defaults.LabelSmoothing, NumberRange.BelowOne),
            ZLoss = options.Number("z_loss", "Times the squared logarithm of the softmax's denominator, added to the loss; 1e-4 keeps logits from drifting.", defaults.ZLoss, NumberRange.NotNegative),
            Seed = options.Long("seed", "What chance begins with: row order, dropout, new weights.", defaults.Seed, seeds),
            CheckpointActivations = options.Boolean("checkpoint_activations", "Whether activations are computed again in the backward pass: less memory, more time.", defaults.CheckpointActivations),
            SaveEvery = options.Integer("save_every", "Steps between checkpoints; 0: only at the end and by save_minutes.", defaults.SaveEvery, NumberRange.NotNegative),
            SaveMinutes = options.Number("save_minutes", "Minutes between checkpoints, besides save_every; 0: by steps only.", defaults.SaveMinutes, NumberRange.NotNegative),
            Keep = options.Integer("keep", "How many of the last checkpoints are kept, besides the best.", defaults.Keep, oneOrMore),
            EvaluateEvery = options.IntegerOrNull("evaluate_every", "Steps between measurements on the validation rows; absent: at the end of each pass over the rows.", oneOrMore),
            LogEvery = options.IntegerOrNull("log_every", "Steps between lines of the plain log, and between steps in --json; absent: a line every few seconds, every step in --json.", oneOrMore),
        };
        if (options.Has("warmup_steps") && options.Has("warmup_ratio") && read.WarmupRatio > 0)
        {
            options.Fail("warmup_ratio", "must be left out where train.warmup_steps is given: both say how long the rate rises");
        }

        return read;
    }
}
