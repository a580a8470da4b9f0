using System.Diagnostics;
using System.Text.Json;
using Attune.Data;
using Attune.Evaluation;
using Attune.Formats;
using Attune.Models;
using Attune.Native;
using Attune.Text;
using static TorchSharp.torch;

namespace Attune.Training;

/// <summary>Measures a run's model before and after the training, on the same rows, and makes the report.</summary>
internal sealed class RunScores(RunSetup setup, RunFolder folder, Action<TrainEvent> publish)
{
    private const int TokensPerPass = 2048;
    private readonly string beforePath = Path.Combine(folder.Path, "before.json");
    private IReadOnlyList<Conversation>? samples;
    private EncodedData? heldOutData;
    private readonly Stopwatch total = Stopwatch.StartNew();
    private readonly DateTimeOffset began = DateTimeOffset.UtcNow;

    /// <summary>Whether the measurement before was made, now or before a stop.</summary>
    public bool HasBefore => ReadBefore() is not null;

    /// <summary>What <c>stop.metric</c> names, of the validation rows: the lower, the better.</summary>
    public static double ByName(string metric, RunSetup setup, IReadOnlyList<TokenRow> rows, Action<TrainEvent> publish, CancellationToken stop) => metric switch
    {
        "validation_loss" => setup.Model.Weights is EncoderModel encoder ? Predictions(encoder, setup, rows, publish, "validating", stop).Loss
            : Losses(setup, rows, publish, "validating", stop).Loss,
        _ => throw setup.Recipe.Fault("stop.metric", $"must be validation_loss (got {metric})"),
    };

    /// <summary>Measures the model as it came, and keeps the result in the run folder.</summary>
    public void MeasureBefore(CancellationToken stop)
    {
        var before = Measure("measuring before", stop);
        AtomicFile.WriteAllText(beforePath, JsonSerializer.Serialize(before, ScoresJson.Default.ModelScores));
    }

    /// <summary>Measures the model as it is now, and writes report.json and report.html.</summary>
    public Report Finish(long keptStep, CancellationToken stop)
    {
        var before = ReadBefore() ?? throw new AttuneException(ExitCode.BadData, beforePath, "is absent or damaged", "resume the run: it is measured again");
        var report = Describe(before, Measure("measuring after", stop), keptStep).Compare(setup.Recipe.Evaluate.Bootstrap);
        report.Write(folder.Path);
        return report;
    }

    // Damaged is as good as absent: the model as it came can be measured again.
    private ModelScores? ReadBefore()
    {
        try
        {
            return File.Exists(beforePath) ? JsonSerializer.Deserialize(Utf8Text.WithoutMark(File.ReadAllBytes(beforePath), beforePath), ScoresJson.Default.ModelScores) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private EncodedData HeldOutData => heldOutData ??=
        (setup.Data.Test.Rows.Count > 0 ? setup.Data.Test : setup.Data.Validation).Sample(setup.Recipe.Evaluate.MaxRows, setup.Recipe.Data.Split?.Seed ?? 0);

    private IReadOnlyList<TokenRow> HeldOut => HeldOutData.Rows;

    private ModelScores Measure(string what, CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        var heldOut = HeldOut;
        return new ModelScores
        {
            Predictions = heldOut.Count > 0 && setup.Model.Weights is EncoderModel encoder ? Predictions(encoder, setup, heldOut, publish, what, stop) : null,
            HeldOut = heldOut.Count == 0 || !MetricNames.Of(setup.Recipe.Evaluate.Metrics, setup.Model.Weights).Contains(MetricNames.Perplexity) ? null : Losses(setup, heldOut, publish, what, stop).ByGroup(HeldOutData.Places),
            General = setup.Recipe.Evaluate.Forgetting is { } source
                ? Losses(setup, GeneralText.Windows(source, setup.Model.Tokenizer, setup.Model.Weights.MaxPositions), publish, what + " (general text)", stop) : null,
            Replies = setup.Model.IsChatModel && setup.Model.Weights is LanguageModel ? SampleReplies.Of(setup.Model, Samples, Report($"replies, {what}", Samples.Count), stop) : [],
            Seconds = watch.Elapsed.TotalSeconds,
        };
    }

    private IReadOnlyList<Conversation> Samples => samples ??= setup.Model.Weights is EncoderModel ? [] : SampleReplies.Pick(setup.Recipe.Data.ToSource(),
        setup.Data.Test.Rows.Count > 0 ? Split.Test : Split.Validation, setup.Recipe.Evaluate.Samples);

    private static RowLosses Losses(RunSetup setup, IReadOnlyList<TokenRow> rows, Action<TrainEvent> publish, string what, CancellationToken stop)
    {
        setup.Method.Training = false;
        var progress = new Reporter(done => publish(new Progressed(what, done, rows.Count)));
        return RowLosses.Of(Perplexity.OfRows(setup.Model.Model, rows, TokensPerPass, progress, stop));
    }

    private static RowPredictions Predictions(EncoderModel model, RunSetup setup, IReadOnlyList<TokenRow> rows, Action<TrainEvent> publish, string what, CancellationToken stop)
    {
        setup.Method.Training = false;
        var progress = new Reporter(done => publish(new Progressed(what, done, rows.Count)));
        return RowPredictions.Of(model, rows, RowPredictions.MajorityOf(model, setup.Data.Train.Rows), TokensPerPass, progress, stop);
    }

    private Reporter Report(string what, int count) => new(done => publish(new Progressed(what, done, count)));

    private Report Describe(ModelScores before, ModelScores after, long keptStep)
    {
        var numbers = setup.Plan.Numbers;
        var steps = RunEvents.Read(folder.Events);
        var counts = setup.Data.Counts;
        bool byTest = setup.Data.Test.Rows.Count > 0;
        var card = setup.Model.Text.IsNew ? new ModelCard(null, null) : ModelCard.Find(setup.Model.Path);
        double trainSeconds = steps.Steps.Sum(step => step.Seconds);
        return new Report
        {
            Name = Path.GetFileName(folder.Path),
            Folder = Path.GetRelativePath(Directory.GetCurrentDirectory(), folder.Path),
            Created = DateTimeOffset.UtcNow,
            Model = new ReportModel
            {
                Source = setup.Recipe.Model.Source ?? "new model",
                Family = setup.Model.Weights.Config.ModelType,
                Parameters = numbers.Parameters,
                Precision = setup.Model.Weights.ComputeType.ToString().ToLowerInvariant(),
                Licence = card.Licence,
                BaseModel = card.BaseModel,
            },
            Task = setup.Recipe.Task,
            Method = new ReportMethod
            {
                Name = setup.Recipe.Method.Name,
                IsAdapter = setup.Method.IsAdapter,
                TrainedParameters = numbers.TrainableParameters,
                Settings = [.. setup.Recipe.Method.Options.Entries.Select(entry => new ReportFact(entry.Key, entry.Value.ToJson()?.ToJsonString() ?? "null"))],
            },
            Data = new ReportData
            {
                Files = setup.Recipe.Data.Train,
                TrainRows = numbers.TrainRows,
                ValidationRows = numbers.ValidationRows,
                TestRows = numbers.TestRows,
                TrainTokens = numbers.TrainTokens,
                TrainedTokens = numbers.TrainedTokens,
                HeldOut = HeldOut.Count == 0 ? null : byTest ? "test" : "validation",
                ChosenByHeldOut = !byTest && keptStep >= 0,
                Truncated = numbers.TruncatedRows,
                LeftOut = counts.Bad + counts.Empty + counts.Unsplit + setup.Data.Train.Counts.TooLong + setup.Data.Train.Counts.Untrained,
                General = setup.Recipe.Evaluate.Forgetting,
            },
            Settings = Settings(),
            Seed = setup.Recipe.Train.Seed,
            Before = before,
            After = after,
            Curves = steps.Curves(),
            Samples = SampleReplies.Pair(Samples, before.Replies, after.Replies),
            Cost = new ReportCost
            {
                TrainSeconds = trainSeconds,
                TotalSeconds = steps.SecondsBefore(began) + total.Elapsed.TotalSeconds,
                Steps = steps.Steps.Count,
                PlannedSteps = numbers.Steps,
                KeptStep = keptStep >= 0 ? keptStep : steps.Steps.Count,
                Tokens = steps.Steps.Sum(step => step.Tokens),
                TrainedTokens = steps.Steps.Sum(step => step.TrainedTokens),
                PeakMemory = PeakMemory.Of(steps),
                PeakShare = trainSeconds > 0 ? steps.Steps.Sum(step => step.PeakShare * step.Seconds) / trainSeconds : 0,
                Machine = $"{Words.Count(Environment.ProcessorCount, "core")} ({string.Join(", ", Processor.InstructionSets)}), {setup.Model.Weights.Device}",
            },
            Notices = steps.Notices,
            Notes = steps.Notes,
            Versions = ReportVersions.OfThisProcess(),
        };
    }

    private List<ReportFact> Settings()
    {
        var train = setup.Recipe.Train;
        return
        [
            new("steps", setup.Batches.Steps.ToString()),
            new("rows a step", setup.Batches.BatchSize.ToString()),
            new("learning rate", train.LearningRate.ToString()),
            new("schedule", train.Scheduler),
            new("warm-up steps", setup.Plan.Numbers.WarmupSteps.ToString()),
            new("optimizer", train.Optimizer),
            new("weight decay", train.WeightDecay.ToString()),
            new("largest gradient norm", train.MaxGradNorm.ToString()),
        ];
    }

    // Progress<T> would hand reports to another thread, out of order.
    private sealed class Reporter(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
