using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Data;
using Attune.Evaluation;
using Attune.Formats;
using Attune.Models;
using Attune.Native;
using Attune.Objectives;
using Attune.Recipes;
using Attune.Text;
using Attune.Training.Optimizers;
using Attune.Training.Schedules;
using static TorchSharp.torch;

namespace Attune.Training;

/// <summary>Runs recipes: opens what they name, trains, measures before and after, and leaves a run folder.</summary>
public sealed class Trainer : IDisposable
{
    private readonly RunSetup setup;
    private readonly Action<TrainEvent> listener;
    private readonly TimeProvider clock;

    private Trainer(RunSetup setup, Action<TrainEvent> listener, TimeProvider clock)
    {
        this.setup = setup;
        this.listener = listener;
        this.clock = clock;
    }

    /// <summary>The recipe with everything resolved.</summary>
    public Plan Plan => setup.Plan;

    /// <summary>What a user should know before work starts: what they gave that is not used, or is used as something else.</summary>
    public IReadOnlyList<Notice> Notices => setup.Notices.All;

    internal RunSetup Setup => setup;

    /// <summary>Opens everything that a recipe names, and trains nothing yet: all errors that can be found before work starts are found here.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="listener">Hears what happens; null: nobody.</param>
    /// <param name="stop">Stops.</param>
    /// <exception cref="AttuneException">The recipe, the data or the model are at fault, or the memory is too small.</exception>
    public static async Task<Trainer> OpenAsync(Recipe recipe, Action<TrainEvent>? listener = null, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        Action<TrainEvent> hear = listener ?? (_ => { });
        var clock = TimeProvider.System;
        recipe = recipe with { Data = recipe.Data with { Now = recipe.Data.Now ?? clock.GetLocalNow() } };
        var trainer = new Trainer(await RunSetup.CreateAsync(RecipePaths.Resolve(recipe), hear, stop).ConfigureAwait(false), hear, clock);
        try
        {
            _ = trainer.MakeSchedule(); // Its settings are looked at here and not after the run has begun.
            return trainer;
        }
        catch
        {
            trainer.Dispose();
            throw;
        }
    }

    /// <summary>Trains a recipe from its beginning.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="listener">Hears what happens; null: nobody.</param>
    /// <param name="stop">Asks to save and leave.</param>
    /// <exception cref="AttuneException">As <see cref="OpenAsync"/>; or a run lies in the output folder already.</exception>
    public static async Task<RunResult> TrainAsync(Recipe recipe, Action<TrainEvent>? listener = null, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        RunFolder.RefuseUsed(recipe.Output);
        using var trainer = await OpenAsync(recipe, listener, stop).ConfigureAwait(false);
        RunRoom.Require(trainer.Plan.Numbers, recipe.Output);
        var folder = RunFolder.Create(recipe.Output);
        using var held = RunLock.Take(folder.Path);
        trainer.Begin(folder);
        return trainer.Run(folder, stop);
    }

    /// <summary>Goes on with a run that was stopped or killed: the result has the same bits as that of one which never stopped. Of a finished run it says so.</summary>
    /// <param name="path">The run folder.</param>
    /// <param name="listener">Hears what happens; null: nobody.</param>
    /// <param name="stop">Asks to save and leave.</param>
    /// <exception cref="AttuneException">There is no run, another process works on it, or its data or model have changed.</exception>
    public static async Task<RunResult> ResumeAsync(string path, Action<TrainEvent>? listener = null, CancellationToken stop = default)
    {
        var folder = RunFolder.Open(path);
        using var held = RunLock.Take(folder.Path);
        if (folder.FinishedArtifact is { } artifact)
        {
            listener?.Invoke(new Noted($"the run in {path} is finished: there is nothing to go on with"));
            return new RunResult(folder.Path, "finished", Report.Read(folder.Path)) { Artifact = artifact };
        }

        var recipe = Recipe.Load(folder.Recipe, names: KnownNames.All) with { Output = folder.Path };
        using var trainer = await OpenAsync(recipe, listener, stop).ConfigureAwait(false);
        if (folder.HasPlan)
        {
            trainer.Plan.RequireSame(folder.Plan);
        }
        else
        {
            RunRoom.Require(trainer.Plan.Numbers, folder.Path);
            trainer.Begin(folder);
        }

        return trainer.Run(folder, stop);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        setup.Dispose();
        TensorPool.Trim();
    }

    private void Begin(RunFolder folder)
    {
        if (setup.Data.Rejected.Rows.Count > 0)
        {
            setup.Data.Rejected.Write(Path.Combine(folder.Path, "rejected.jsonl"));
        }

        string recipe = setup.Recipe.ToYaml();
        AtomicFile.WriteAllText(folder.Recipe, recipe);
        AtomicFile.WriteAllText(folder.Plan, Plan.ToJson(recipe)); // Last: a folder with a plan holds a run.
    }

    private RunResult Run(RunFolder folder, CancellationToken stop)
    {
        var checkpoints = new Checkpoints(folder.Checkpoints, text => listener(new Noted(text)));
        var checkpoint = checkpoints.Latest();
        using var log = EventLog.Open(folder.Events, checkpoint?.State.EventsLength ?? 0);
        void Publish(TrainEvent happened)
        {
            happened = happened with { Time = clock.GetUtcNow() };
            if (happened is not Progressed)
            {
                log.Append(JsonSerializer.SerializeToNode(happened, TrainEventJson.Default.TrainEvent)!.AsObject());
            }

            listener(happened);
        }

        foreach (Notice notice in setup.Notices.All)
        {
            Publish(new Noted(notice.ToString()) { Notice = notice });
        }

        // The measurement before is of the model as it came: adapters begin as nothing.
        var scores = new RunScores(setup, folder, Publish);
        if (checkpoint is null || !scores.HasBefore)
        {
            scores.MeasureBefore(stop);
        }

        TensorPool.Trim(); // What loading and measuring needed, no step needs in the same sizes.

        using var optimizer = MakeOptimizer();
        var stopping = new EarlyStopping(setup.Recipe.Stop.Patience, setup.Recipe.Stop.MinDelta);
        long first = checkpoint is null ? 0 : Restore(checkpoint, optimizer, stopping);
        double peak = MatrixPeak.Measure(setup.Model.Weights.ComputeType, setup.Model.Weights.Device, 100);
        Publish(new RunStarted(setup.Batches.Steps, Plan.Numbers.TrainableParameters, peak) { Step = first, LogEvery = setup.Recipe.Train.LogEvery });
        var loop = MakeLoop(optimizer, stopping, peak, Publish, done =>
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            log.Flush();
            var saved = Save(checkpoints, done, optimizer, stopping, log.Length);
            Publish(new CheckpointSaved(Path.GetRelativePath(folder.Path, saved.Folder), watch.Elapsed.TotalSeconds) { Step = done });
        });
        string reason = loop.Run(first, stop);
        Publish(new RunStopped(reason) { Step = first });
        if (reason == "signal")
        {
            return new RunResult(folder.Path, reason, null);
        }

        if (stopping.BestStep >= 0)
        {
            LoadTensors(checkpoints.At(stopping.BestStep), optimizer.Parameters);
        }

        string result = Finish(folder);
        var report = scores.Finish(stopping.BestStep, stop);
        return new RunResult(folder.Path, reason, report) { Artifact = result };
    }

    private IOptimizer MakeOptimizer()
    {
        var train = setup.Recipe.Train;
        var arguments = new Dictionary<string, object?> { ["lr"] = train.LearningRate, ["weight_decay"] = train.WeightDecay };
        if (train.Optimizer is "adamw" or "adam")
        {
            arguments["betas"] = new List<object?> { train.AdamBeta1, train.AdamBeta2 };
            arguments["eps"] = train.AdamEpsilon;
        }

        var norms = setup.Model.Weights.NamedLayers().Where(named => named.Layer is Nn.LayerNorm).Select(named => named.Name).ToHashSet();
        var parameters = setup.Method.Trainable.Select(named => (named.Name, named.Tensor)).ToList();
        IReadOnlyList<ParameterGroup> groups = train.WeightDecay > 0
            ? DecayRule.Split(parameters, name => name.LastIndexOf('.') is int dot and > 0 && norms.Contains(name[..dot]))
            : [new ParameterGroup(parameters)];
        foreach (var (_, layer) in setup.Model.Weights.NamedLayers())
        {
            if (layer is Nn.Embedding embedding)
            {
                embedding.SparseGradient = true; // The flat buffer takes them so.
            }
        }

        return Optimizer.Create(train.Optimizer, new Arguments(arguments, "train"), groups);
    }

    private ISchedule MakeSchedule()
    {
        const string Key = "train.scheduler_args";
        var train = setup.Recipe.Train;
        long steps = setup.Batches.Steps;
        try
        {
            var arguments = train.SchedulerArgs is { } map ? Arguments.FromJson(JsonSerializer.SerializeToElement(map.ToJson()), Key) : null;
            return Schedule.Create(train.Scheduler, arguments, train.LearningRate, RunSetup.WarmupSteps(train, steps), steps);
        }
        catch (AttuneException e) when (train.SchedulerArgs is not null && e.Place == Key)
        {
            throw setup.Recipe.Fault(Key, "cannot be used: " + e.Problem, e.Cure);
        }
    }

    private TrainLoop MakeLoop(IOptimizer optimizer, EarlyStopping stopping, double peak, Action<TrainEvent> publish, Action<long> save)
    {
        var train = setup.Recipe.Train;
        var validation = setup.Data.Validation.Rows;
        long steps = setup.Batches.Steps;
        long every = train.EvaluateEvery ?? Math.Max(1, (long)Math.Ceiling(setup.Data.Train.Rows.Count / (double)setup.Batches.BatchSize));
        int budget = setup.MicroBatchTokens;
        return new TrainLoop
        {
            Model = setup.Model.Weights,
            Mode = training => setup.Method.Training = training,
            Rows = setup.Data.Train.Rows,
            Batches = setup.Batches,
            Divide = train.Pack ? lengths => MicroBatches.Pack(lengths, budget) : lengths => MicroBatches.Bucket(lengths, budget),
            Loss = (model, batch) => setup.Task.Loss(model, batch, new CrossEntropyOptions(train.LabelSmoothing, train.ZLoss)),
            Optimizer = optimizer,
            Schedule = MakeSchedule(),
            MaxGradNorm = train.MaxGradNorm > 0 ? train.MaxGradNorm : null,
            Seed = train.Seed,
            Measure = validation.Count == 0 ? null : token => RunScores.ByName(setup.Recipe.Stop.Metric, setup, validation, publish, token),
            MeasureAt = done => done % every == 0 || done == steps,
            Stopping = stopping,
            Save = save,
            SaveAt = (done, since) => (train.SaveEvery > 0 && done % train.SaveEvery == 0) || (train.SaveMinutes > 0 && since.TotalMinutes >= train.SaveMinutes),
            Publish = publish,
            PeakGflops = peak,
        };
    }

    private Checkpoint Save(Checkpoints checkpoints, long done, IOptimizer optimizer, EarlyStopping stopping, long eventsLength)
    {
        bool measured = stopping.BestStep >= 0;
        var state = new CheckpointState(done, Plan.Hash, eventsLength, measured ? stopping.BestStep : null, measured ? stopping.Best : null, new JsonObject { ["waited"] = stopping.Waited });
        return checkpoints.Save(state,
        [
            new CheckpointFile(TensorsFile, [.. optimizer.Parameters.All.Select(parameter => TensorMemory.ToWrite(parameter.Name, parameter.Value, parameter.Value.dtype))]),
            OptimizerFile.Of(optimizer),
        ], setup.Recipe.Train.Keep);
    }

    private string TensorsFile => setup.Method.IsAdapter ? "adapter.safetensors" : "model.safetensors";

    private long Restore(Checkpoint checkpoint, IOptimizer optimizer, EarlyStopping stopping)
    {
        if (checkpoint.State.PlanHash != Plan.Hash)
        {
            throw new AttuneException(ExitCode.Usage, checkpoint.Folder, "the checkpoint was written under another plan", "train into another output folder");
        }

        LoadTensors(checkpoint, optimizer.Parameters);
        using var moments = Safetensors.Open(checkpoint.PathOf(OptimizerFile.Name));
        OptimizerFile.Load(optimizer, moments);
        if (checkpoint.State.BestStep is long best)
        {
            stopping.Restore(checkpoint.State.BestMetric!.Value, best, checkpoint.State.Progress["waited"]!.GetValue<int>());
        }

        return checkpoint.State.Step;
    }

    private void LoadTensors(Checkpoint checkpoint, TrainedParameters parameters)
    {
        using var noGradient = no_grad();
        using var tensors = Safetensors.Open(checkpoint.PathOf(TensorsFile));
        foreach (var parameter in parameters.All)
        {
            using var value = TensorMemory.Read(tensors, parameter.Name, parameter.Value.dtype, parameter.Value.device);
            parameter.Value.copy_(value);
        }
    }

    /// <summary>Writes the adapter or the model, in a folder that appears whole.</summary>
    private string Finish(RunFolder folder)
    {
        string target = setup.Method.IsAdapter ? folder.Adapter : folder.Model, temporary = target + ".tmp";
        if (Directory.Exists(temporary))
        {
            Directory.Delete(temporary, recursive: true);
        }

        setup.Method.Save(temporary);
        if (!setup.Method.IsAdapter)
        {
            ModelTextFiles.Write(setup.Model.Text, temporary);
        }
        else if (setup.Model.Weights is EncoderModel)
        {
            // The labels, which an adapter's own settings have no place for.
            setup.Model.Weights.Config.Save(Path.Combine(temporary, "config.json"));
        }

        if (Directory.Exists(target))
        {
            Directory.Delete(target, recursive: true);
        }

        Directory.Move(temporary, target);
        AtomicFile.FlushFolder(folder.Path);
        return target;
    }
}

/// <summary>What a run came to.</summary>
/// <param name="Folder">The run folder.</param>
/// <param name="Reason"><c>done</c>, <c>early</c> (stopped for want of a better measurement), <c>finished</c> (it was done before) or <c>signal</c> (stopped and saved; to be resumed).</param>
/// <param name="Report">What it left; null where it was stopped.</param>
public sealed record RunResult(string Folder, string Reason, Report? Report)
{
    /// <summary>The folder of the adapter or model; null where the run was stopped.</summary>
    public string? Artifact { get; init; }
}
