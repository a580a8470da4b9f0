using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Cli.Terminal;
using Attune.Data;
using Attune.Evaluation;
using Attune.Models;
using Attune.Native;
using Attune.Recipes;
using Attune.Training;
using Spectre.Console;

namespace Attune.Cli.Verbs;

/// <summary><c>attune plan</c>: what a recipe comes to on this machine, without training.</summary>
internal static class PlanVerb
{
    /// <summary>The share of the measured matrix-product peak that a training step is foretold to reach.</summary>
    private const double ShareOfPeak = 0.5;

    private const int LabelsShown = 20;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create(Screen screen)
    {
        var recipe = new Argument<string>("RECIPE") { Description = "A YAML file." };
        var set = TrainVerb.SetOption();
        var skipBad = TrainVerb.SkipBadOption();
        var json = new Option<bool>("--json") { Description = "The whole plan as one JSON object." };
        var command = new Verb("plan", "Show what a recipe will train: rows, tokens, steps, memory, disk, time; and refuse what does not fit.",
            [
                "attune plan recipes/quickstart.yaml",
                "attune plan my-recipe.yaml --set train.max_tokens=512 --json",
            ]) { recipe, set, skipBad, json };
        command.SetAction(async (parsed, cancel) =>
        {
            Libtorch.Load();
            var read = TrainVerb.Read(parsed, recipe, set, skipBad);
            using var trainer = await Trainer.OpenAsync(read, null, cancel).ConfigureAwait(false);
            var model = trainer.Setup.Model.Weights;
            double peak = MatrixPeak.Measure(model.ComputeType, model.Device, 100);
            Show(screen, trainer, new Machine(WeightMemory.Available, RunRoom.FreeDisk(read.Output) ?? 0, peak), read.Output, parsed.GetValue(json));
            return (int)ExitCode.Done;
        });
        return command;
    }

    private static void Show(Screen screen, Trainer trainer, Machine machine, string output, bool json)
    {
        var plan = trainer.Plan;
        var n = plan.Numbers;
        double seconds = n.Operations / (ShareOfPeak * machine.PeakGflops * 1e9);
        if (json)
        {
            var whole = JsonNode.Parse(plan.ToJson())!.AsObject();
            whole["machine"] = new JsonObject
            {
                ["memory_bytes"] = machine.Memory,
                ["free_disk_bytes"] = machine.Disk,
                ["matrix_peak_gflops"] = Math.Round(machine.PeakGflops, 1),
                ["train_seconds"] = Math.Round(seconds, 1),
            };
            whole["files"] = FileLines.Json(trainer.Setup.Data.Counts.Files);
            whole["notices"] = NoticeLines.Json(trainer.Notices);
            screen.Line(whole.ToJsonString(Indented));
        }
        else
        {
            var table = new Table().Border(TableBorder.None).HideHeaders();
            table.AddColumn(new TableColumn("what").NoWrap()).AddColumn("value");
            void Row(string what, string value) => table.AddRow(Markup.Escape(what), Markup.Escape(value));
            Row("model", $"{Figures.Large(n.Parameters)} parameters");
            Row("trained", $"{Figures.Large(n.TrainableParameters)} parameters ({Figures.Percent(n.TrainableParameters / (double)Math.Max(1, n.Parameters + (n.TrainableParameters < n.Parameters ? n.TrainableParameters : 0)))} of all)");
            Row("rows", $"{Figures.Count(n.TrainRows)} to train on, {Figures.Count(n.ValidationRows)} to choose by, {Figures.Count(n.TestRows)} for the end");
            foreach (var (name, files) in FileLines.Of(trainer.Setup.Data.Counts.Files))
            {
                Row(name, files);
            }

            if (n.Labels is { } labels)
            {
                Row("labels", Labels(labels));
            }

            Row("tokens", $"{Figures.Count(n.TrainTokens)} in the training rows, {Figures.Count(n.TrainedTokens)} of them trained; {Words.Count(n.TruncatedRows, "row")} cut");
            string warmup = n.WarmupSteps == 0 ? "no warm-up" : $"the learning rate rises in the first {Words.Count(n.WarmupSteps, "update")}";
            Row("updates", $"{Figures.Count(n.Steps)} ({string.Create(CultureInfo.InvariantCulture, $"{n.Epochs:0.##}")} {(n.Epochs == 1 ? "epoch" : "epochs")}, {Words.Count(n.StepTokens, "token")}; {warmup})");
            Row("memory", $"about {Figures.Bytes(n.MemoryBytes)} of {Figures.Bytes(machine.Memory)}");
            Row("", $"train.checkpoint_activations {(n.MemoryBytes == n.KeptMemoryBytes ? "would make it" : "makes it")} {Figures.Bytes(n.CheckpointedMemoryBytes)} instead of {Figures.Bytes(n.KeptMemoryBytes)}, at {n.CheckpointedTime:0.0#} times the time");
            Row("disk", $"about {Figures.Bytes(n.DiskBytes)} in {output}; {Figures.Bytes(machine.Disk)} are free");
            Row("time", $"about {Figures.Time(seconds)} of training on this machine ({machine.PeakGflops:0} GFLOPS measured, {Figures.Percent(ShareOfPeak)} of it reckoned with), measuring before and after not included");
            Row("hash", plan.Hash);
            screen.Out.Write(table);
            NoticeLines.Write(screen, trainer.Notices);
        }

        RunRoom.Require(n, output);
    }

    private static string Labels(IReadOnlyList<LabelCount> labels) => $"{labels.Count}: "
        + string.Join(", ", labels.Take(LabelsShown).Select(label => $"{LabelSpelling.Plain(label.Label)} {Figures.Count(label.Train)}"))
        + (labels.Count > LabelsShown ? ", … (--json has all)" : "") + " (training rows)";

    private sealed record Machine(long Memory, long Disk, double PeakGflops);
}
