using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Data;
using Attune.Evaluation;
using Attune.Models;
using Attune.Native;
using Attune.Nn;
using Attune.Recipes;
using Attune.Tasks;
using Attune.Tuning;
using static TorchSharp.torch;

namespace Attune.Training;

/// <summary>
/// A recipe with everything opened: data first, so that its faults are told before a weight is loaded, then the model, then what is trained
/// of it, then the plan.
/// </summary>
internal sealed class RunSetup : IDisposable
{
    private RunSetup(Recipe recipe, ITask task, EncodedSplits data, OpenModel model, ITuningMethod method, BatchPlan batches, Plan plan)
    {
        Recipe = recipe;
        Task = task;
        Data = data;
        Model = model;
        Method = method;
        Batches = batches;
        Plan = plan;
    }

    /// <summary>What the user asked for.</summary>
    public Recipe Recipe { get; }

    /// <summary>What the model learns to do.</summary>
    public ITask Task { get; }

    /// <summary>The rows.</summary>
    public EncodedSplits Data { get; }

    /// <summary>The model.</summary>
    public OpenModel Model { get; }

    /// <summary>What is trained of it.</summary>
    public ITuningMethod Method { get; }

    /// <summary>Which rows a step trains on.</summary>
    public BatchPlan Batches { get; }

    /// <summary>All of it, resolved.</summary>
    public Plan Plan { get; }

    /// <summary>What a user should know of it: one collection from the first file that is opened to the plan.</summary>
    public Notices Notices => Model.Text.Notices;

    /// <summary>Tokens that go through the model together.</summary>
    public int MicroBatchTokens => Recipe.Train.MicroBatchTokens ?? DefaultMicroBatchTokens;

    private const int DefaultMicroBatchTokens = 2048;

    /// <summary>Opens everything that a recipe names.</summary>
    public static async Task<RunSetup> CreateAsync(Recipe recipe, Action<TrainEvent> publish, CancellationToken stop)
    {
        publish(new Progressed("opening the model", 0, 0));
        var task = TaskRegistry.Create(recipe.Task);
        var text = await ModelSources.OpenTextAsync(recipe.Model, null, stop).ConfigureAwait(false);
        text.Clock = recipe.Data.Clock;
        text.ParsesSpecialTokens = recipe.Data.ParsesSpecialTokens;
        int longest = MaxPositions(text);
        int maxTokens = Math.Min(recipe.Train.MaxTokens ?? Math.Min(longest, 1024), longest);
        if (recipe.Train.MaxTokens > longest)
        {
            throw recipe.Fault("train.max_tokens", $"must be at most {longest}, the places that this model has (got {recipe.Train.MaxTokens})");
        }

        publish(new Progressed("reading the data", 0, 0));
        var source = recipe.Data.ToSource().For(task);
        var encoder = task.Encoder(text, maxTokens);
        encoder.KnownTokens = text.VocabularySize;
        var data = EncodedSplits.Read(source, encoder, text.Notices, stop);
        if (recipe.Stop.Patience is not null && data.Validation.Rows.Count == 0)
        {
            throw recipe.Fault("stop.patience", "needs validation rows to measure on", "give data.validation, or data.split.validation (0.1, say)");
        }

        var adapted = text.For(recipe.Model.Adapter);
        text = task.Prepare(adapted, data, recipe.Data.Labels);
        RefuseOtherHead(recipe, adapted, text);
        data = Labelled(text, data);
        publish(new Progressed("loading the weights", 0, 0));
        var compute = ComputeTypes.Of(recipe.Model.Precision);
        var method = TuningMethods.Create(recipe.Method);
        OpenModel? model = null;
        try
        {
            // What an adapter leaves as it is stays in the file's blocks.
            model = text.Load(compute, method.IsAdapter ? null : compute, null, recipe.Train.Seed, trains: true);
            model.Weights.NameOrPath = recipe.Model.Source;
            model.Weights.CheckpointActivations = recipe.Train.CheckpointActivations;
            CheckMeasures(recipe, model.Weights);
            foreach (var (_, parameter) in model.Weights.NamedParameters().Where(named => !named.Parameter.IsTied))
            {
                parameter.Freeze();
            }

            method.Attach(model.Weights, recipe.Train.Seed);
            if (recipe.Model.Adapter is { } adapter)
            {
                method.Load(adapter);
            }

            var order = new RowOrder(data.Train.Rows.Count, recipe.Train.Seed);
            int batch = checked(recipe.Train.BatchSize * recipe.Train.GradientAccumulationSteps);
            var batches = recipe.Train.MaxSteps is int steps ? BatchPlan.OfSteps(order, batch, steps) : new BatchPlan(order, batch, recipe.Train.Epochs);
            RunNotices.Add(text.Notices, data, model, recipe.Model.Adapter is not null);
            RunNotices.AddUpdates(text.Notices, recipe.Train, data.Train.Rows.Count, batches);
            return new RunSetup(recipe, task, data, model, method, batches, MakePlan(recipe, data, model, method, batches, maxTokens, compute));
        }
        catch
        {
            method.Dispose();
            model?.Dispose();
            throw;
        }
    }

    /// <summary>The steps in which the learning rate rises: as given, or a share of all, rounded up as transformers does.</summary>
    public static long WarmupSteps(TrainOptions train, long steps) => train.WarmupSteps ?? (long)Math.Ceiling(train.WarmupRatio * steps);

    /// <inheritdoc/>
    public void Dispose()
    {
        Method.Dispose();
        Model.Dispose();
    }

    // The classifier of an adapter that is trained on goes with its labels.
    private static void RefuseOtherHead(Recipe recipe, ModelText adapted, ModelText prepared)
    {
        if (recipe.Model.Adapter is not null && adapted.IsClassifier && !(adapted.Config.Labels ?? []).SequenceEqual(prepared.Config.Labels ?? []))
        {
            string own = LabelMap.List(adapted.Config.Labels ?? []), wanted = LabelMap.List(prepared.Config.Labels ?? []);
            throw recipe.Fault("model.adapter", $"has a classifier for the labels {own}, the rows want one for {wanted}",
                "give the rows the adapter's labels, or leave out model.adapter");
        }
    }

    private static EncodedSplits Labelled(ModelText text, EncodedSplits data)
    {
        using var shape = ModelFamilies.Create(text.Config);
        return shape is EncoderModel encoder ? LabelMap.Apply(encoder, data, text.Notices) : data;
    }

    private static void CheckMeasures(Recipe recipe, TextModel model)
    {
        var own = MetricNames.Of([], model);
        if (recipe.Evaluate.Metrics.FirstOrDefault(name => !own.Contains(name)) is { } other)
        {
            throw recipe.Fault("evaluate.metrics", $"cannot be {other} for this task", $"it has {string.Join(" and ", own)}");
        }

        if (model is EncoderModel && recipe.Evaluate.Forgetting is not null)
        {
            throw recipe.Fault("evaluate.forgetting", "needs a model that writes: an encoder predicts no text", "leave it out");
        }
    }

    private static int MaxPositions(ModelText text) => text.Config.FindInt("max_position_embeddings|n_positions|n_ctx", 2) ?? 1024;

    private static Plan MakePlan(Recipe recipe, EncodedSplits data, OpenModel model, ITuningMethod method, BatchPlan batches, int maxTokens, ScalarType compute)
    {
        var train = recipe.Train;
        long warmup = WarmupSteps(train, batches.Steps);
        var trainable = method.Trainable;
        var json = recipe.ToJson();
        var decided = new JsonObject
        {
            ["version"] = Plan.Version,
            ["model"] = json["model"]!.DeepClone(),
            ["compute"] = compute.ToString().ToLowerInvariant(),
            ["weights_bytes"] = WeightBytes(model.Path),
            ["task"] = recipe.Task,
            ["method"] = json["method"]!.DeepClone(),
            ["train"] = Without(json["train"]!.AsObject(), "save_every", "save_minutes", "keep", "log_every"),
            ["stop"] = json["stop"]!.DeepClone(),
            ["max_tokens"] = maxTokens,
            ["steps"] = batches.Steps,
            ["warmup_steps"] = warmup,
            ["train_rows"] = data.Train.Hash,
            ["validation_rows"] = data.Validation.Hash,
            ["trainable"] = trainable.Count,
        };
        if (model.Weights is EncoderModel encoder)
        {
            decided["labels"] = new JsonArray([.. encoder.Labels.Select(label => (JsonNode)label)]);
        }

        long tokens = data.Train.Counts.Tokens, trained = data.Train.Counts.TrainedTokens, rows = Math.Max(1, data.Train.Rows.Count);
        long trainableCount = trainable.Sum(named => named.Tensor.numel());
        var cost = StepCost.Of(model.Weights);
        double passes = batches.TotalRows / (double)rows;
        long weights = model.Weights.NamedParameters().Sum(named => named.Parameter.Bytes);
        int micro = Math.Max(train.MicroBatchTokens ?? DefaultMicroBatchTokens, data.Train.Counts.LongestRow);
        long Memory(bool checkpointed) => MemoryEstimate.Of(model.Weights, weights, trainableCount, micro, checkpointed);
        var (checkpointed, kept) = (Memory(checkpointed: true), Memory(checkpointed: false));
        return new Plan(decided, new PlanNumbers
        {
            Parameters = model.Weights.NamedParameters().Where(named => !named.Parameter.IsTied).Sum(named => named.Parameter.Count),
            TrainableParameters = trainableCount,
            TrainRows = data.Train.Rows.Count,
            TrainTokens = tokens,
            TrainedTokens = trained,
            TruncatedRows = data.Train.Counts.Truncated,
            ValidationRows = data.Validation.Rows.Count,
            TestRows = data.Test.Rows.Count,
            Labels = model.Weights is EncoderModel classifier ? LabelCount.Of(classifier, data) : null,
            Steps = batches.Steps,
            WarmupSteps = warmup,
            Epochs = passes,
            StepTokens = (long)(tokens * passes),
            MemoryBytes = train.CheckpointActivations ? checkpointed : kept,
            CheckpointedMemoryBytes = checkpointed,
            KeptMemoryBytes = kept,
            CheckpointedTime = 1 + (cost.AgainPerToken * tokens / cost.Of(tokens, trained)),
            DiskBytes = (train.Keep + 1) * trainableCount * 12L + (trainableCount * 4L) + (4 << 20),
            Operations = cost.Of((long)(tokens * passes), (long)(trained * passes)) + (train.CheckpointActivations ? cost.AgainPerToken * tokens * passes : 0),
        });
    }

    private static JsonObject Without(JsonObject json, params ReadOnlySpan<string> keys)
    {
        var copy = (JsonObject)json.DeepClone();
        foreach (string key in keys)
        {
            copy.Remove(key);
        }

        return copy;
    }

    private static long WeightBytes(string path) => File.Exists(path) ? new FileInfo(path).Length
        : Directory.Exists(path) ? new DirectoryInfo(path).EnumerateFiles("*.safetensors").Sum(file => file.Length) : 0;
}
