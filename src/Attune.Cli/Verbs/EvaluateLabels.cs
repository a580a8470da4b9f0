using System.Globalization;
using System.Text.Json;
using Attune.Cli.Terminal;
using Attune.Data;
using Attune.Evaluation;
using Attune.Formats;
using Attune.Models;
using Attune.Text;
using Attune.Training;
using Spectre.Console;

namespace Attune.Cli.Verbs;

/// <summary><c>attune evaluate</c> of a classifier: accuracy and macro F1, a run's beside those of the model that it came from.</summary>
internal static class EvaluateLabels
{
    private const int Resamplings = 1000;
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Measures and shows; a run that was asked for without other rows or limits gets its report anew.</summary>
    public static async Task RunAsync(
        Screen screen, RunOrModel found, string[] files, (int? Tokens, int? Rows) most, bool isOwnAdapter, bool json, CancellationToken cancel)
    {
        if (files.Length == 0 && found.Recipe is null)
        {
            throw new AttuneException(ExitCode.Usage, found.Name, "nothing to measure on was given", "add --data FILE");
        }

        var text = found.Text;
        using var shape = EncoderModel.Of(ModelFamilies.Create(text.Config));
        var read = LabelMap.Apply(shape, EvaluateVerb.Read(found, files, text, most.Tokens, cancel), text.Notices);
        var rows = EvaluateVerb.HeldOut(found, files, read, most.Rows);
        LabelNotices.AddOneLabel(text.Notices, rows, "measured");
        var majority = files.Length == 0 ? Majority.Of(shape, read.Train.Rows, true) : MajorityOf(found, shape, rows, text.Notices, most.Tokens, cancel);
        RowPredictions after;
        HuggingFaceConfig config;
        using (var tuned = found.OpenTuned(out var method))
        {
            using var attached = method;
            config = tuned.Text.Config;
            after = Measure(screen, tuned, rows, majority, found.BaseSource is null ? "rows" : "tuned: rows", cancel);
        }

        if (found.BaseSource is null)
        {
            ShowAlone(screen, after, majority, text.Notices.All, json);
            return;
        }

        var plain = await RunOrModel.FindAsync(screen, found.BaseSource, cancel: cancel).ConfigureAwait(false);
        var type = found.Compute;
        using var untuned = ModelText.Open(plain.ModelPath).WithHead(config).Load(type, type, seed: found.Recipe?.Train.Seed ?? 0);
        var before = Measure(screen, untuned, rows, majority, "base: rows", cancel);
        Show(screen, LabelComparison.Of(before, after, Resamplings), majority, text.Notices.All, json);
        if (files.Length == 0 && isOwnAdapter && most is (null, null))
        {
            Rebuild(screen, found, before, after);
        }
    }

    private static RowPredictions Measure(Screen screen, OpenModel model, IReadOnlyList<TokenRow> rows, Majority majority, string what, CancellationToken cancel)
    {
        var encoder = EncoderModel.Of(model.Weights);
        var progress = new EvaluateVerb.Counted(screen, what, rows.Count);
        return RowPredictions.Of(encoder, rows, encoder.LabelNumber(majority.Label), progress: progress, cancellationToken: cancel);
    }

    /// <summary>What to beat where other files are measured: the label that most training rows of the run have, where they are still there.</summary>
    private static Majority MajorityOf(
        RunOrModel found, EncoderModel shape, IReadOnlyList<TokenRow> rows, Notices notices, int? maxTokens, CancellationToken cancel)
    {
        if (found.Recipe is null)
        {
            return Majority.Of(shape, rows, false);
        }

        try
        {
            // What there is to say of the run's own rows was said when it was trained.
            var own = ModelText.Open(found.ModelPath).For(found.AdapterFolder);
            return Majority.Of(shape, LabelMap.Apply(shape, EvaluateVerb.Read(found, [], own, maxTokens, cancel), own.Notices).Train.Rows, true);
        }
        catch (AttuneException e)
        {
            notices.Add("training-rows-gone", "the run's training rows cannot be read any more: the label to beat is that of the measured rows",
                e.Message);
            return Majority.Of(shape, rows, false);
        }
    }

    /// <summary>A label to say of every row: what any classifier must beat.</summary>
    private sealed record Majority(string Label, bool OfTraining)
    {
        public string Rows => OfTraining ? "training rows" : "measured rows";

        public static Majority Of(EncoderModel shape, IReadOnlyList<TokenRow> rows, bool ofTraining) =>
            new(shape.Labels[RowPredictions.MajorityOf(shape, rows)], ofTraining);
    }

    private static void Rebuild(Screen screen, RunOrModel found, RowPredictions before, RowPredictions after)
    {
        if (!File.Exists(Path.Combine(found.Name, "report.json")))
        {
            return;
        }

        using var held = RunLock.Take(Path.GetFullPath(found.Name));
        var report = Report.Read(found.Name);
        report = report with { Before = report.Before with { Predictions = before }, After = report.After with { Predictions = after } };
        report.Compare(found.Recipe!.Evaluate.Bootstrap).Write(found.Name);
        screen.Progress.MarkupLineInterpolated($"[grey]report written anew: {Path.Combine(found.Name, "report.html")}[/]");
    }

    private static void ShowAlone(Screen screen, RowPredictions found, Majority majority, IReadOnlyList<Notice> notices, bool json)
    {
        var (accuracy, f1) = found.OfMajority;
        if (json)
        {
            screen.Line(JsonSerializer.Serialize(new
            {
                rows = found.Expected.Count, accuracy = found.Accuracy, macro_f1 = found.MacroF1, loss = found.Loss,
                majority = found.Labels[found.Majority], majority_accuracy = accuracy, majority_macro_f1 = f1,
                majority_of = majority.Rows, notices = NoticeLines.Json(notices),
            }, Json));
            return;
        }

        NoticeLines.Write(screen, notices);
        screen.Line(string.Create(CultureInfo.InvariantCulture, $"rows: accuracy {found.Accuracy:F4}, macro F1 {found.MacroF1:F4}, loss {found.Loss:F4}, {Words.Count(found.Expected.Count, "row")}"));
        screen.Line(Baseline(found.Labels[found.Majority], majority.Rows, accuracy, f1));
    }

    private static void Show(Screen screen, LabelComparison found, Majority majority, IReadOnlyList<Notice> notices, bool json)
    {
        if (json)
        {
            screen.Line(JsonSerializer.Serialize(new
            {
                rows = found.Rows, verdict = JsonNamingPolicy.SnakeCaseLower.ConvertName(found.Verdict.ToString()), accuracy = found.Accuracy, macro_f1 = found.MacroF1, loss = found.Loss,
                majority = found.Majority, majority_accuracy = found.MajorityAccuracy, majority_macro_f1 = found.MajorityMacroF1,
                majority_of = majority.Rows, resamplings = found.Resamplings, notices = NoticeLines.Json(notices),
            }, Json));
            return;
        }

        NoticeLines.Write(screen, notices);
        screen.Out.MarkupLine("rows: " + Markup(found));
        screen.Line(Baseline(found.Majority, majority.Rows, found.MajorityAccuracy, found.MajorityMacroF1));
    }

    /// <summary>A comparison on one line.</summary>
    public static string Markup(LabelComparison found) => string.Create(CultureInfo.InvariantCulture,
        $"{VerdictMark.Of(found.Verdict)}; accuracy {Of(found.Accuracy)}, macro F1 {Of(found.MacroF1)}, loss {found.Loss.Before:F4} to {found.Loss.After:F4}, {Words.Count(found.Rows, "row")}");

    /// <summary>What there is to beat, on one line.</summary>
    public static string Baseline(string label, string rows, double accuracy, double f1) => string.Create(CultureInfo.InvariantCulture,
        $"always “{label}”, the label that most {rows} have: accuracy {accuracy:F4}, macro F1 {f1:F4}");

    private static string Of(Change change) => string.Create(CultureInfo.InvariantCulture,
        $"{change.Before:F4} to {change.After:F4}{(change is { Low: { } low, High: { } high } ? string.Create(CultureInfo.InvariantCulture, $" (95 % interval of the difference {low:+0.0000;-0.0000} to {high:+0.0000;-0.0000})") : "")}");
}
