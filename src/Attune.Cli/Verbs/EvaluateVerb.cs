using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Attune.Cli.Terminal;
using Attune.Data;
using Attune.Evaluation;
using Attune.Models;
using Attune.Native;
using Attune.Recipes;
using Attune.Tasks;
using Attune.Text;
using Attune.Training;
using Spectre.Console;

namespace Attune.Cli.Verbs;

/// <summary><c>attune evaluate</c>: perplexity of a model, or a classifier's accuracy, of a run beside its base, with intervals.</summary>
internal static class EvaluateVerb
{
    private const int TokensPerPass = 2048;
    private const int DefaultMaxTokens = 1024;
    private const int Resamplings = 1000;
    private static readonly string[] NgramNames = ["unigram", "bigram", "trigram"];
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static Command Create(Screen screen)
    {
        var model = RunOrModel.Argument();
        var data = new Option<string[]>("--data") { Description = "Files of rows to measure on; default, for a run: what its recipe held out.", HelpName = "FILE" };
        var adapter = RunOrModel.AdapterOption();
        var precision = RunOrModel.PrecisionOption();
        var general = new Option<string?>("--general") { Description = "A general text, to see what was forgotten: builtin:general or a text file.", HelpName = "TEXT" };
        var most = new Option<int?>("--max-tokens") { Description = "The most tokens of a row; default: the recipe's, else 1,024.", HelpName = "N" };
        var rows = new Option<int?>("--max-rows")
        {
            Description = "A sample of at most so many rows, in which each label has its share; default: the recipe's evaluate.max_rows, else all.",
            HelpName = "N",
        };
        var baselines = new Option<bool>("--baselines") { Description = "Beside it what a unigram, a bigram and a trigram (modified Kneser-Ney) reach that learnt from the run's own training rows." };
        var json = new Option<bool>("--json") { Description = "One JSON object." };
        var command = new Verb("evaluate", "Measure perplexity on rows (of a classifier: accuracy and macro F1), with 95 % intervals; a run or an adapter beside its base model. A run without options is measured again, and its report written anew.",
            [
                "attune evaluate runs/coach",
                "attune evaluate runs/coach --data new.jsonl --general builtin:general",
                "attune evaluate runs/coach --baselines",
                "attune evaluate SmolLM2-135M-Instruct.Q4_1.gguf --data test.jsonl --json",
            ]) { model, data, adapter, precision, general, most, rows, baselines, json };
        command.SetAction(async (parsed, cancel) =>
        {
            AtLeast(parsed, most, 2);
            AtLeast(parsed, rows, 1);
            var found = await RunOrModel.FindAsync(screen, parsed.GetValue(model)!, parsed.GetValue(adapter), cancel: cancel).ConfigureAwait(false) with { Wanted = RunOrModel.PrecisionOf(parsed, precision) };
            ModelUses.Require(ModelUse.Measure, found.Name, found.Text);
            string[] files = parsed.GetValue(data) ?? [];
            string? text = parsed.GetValue(general) ?? (files.Length == 0 ? found.Recipe?.Evaluate.Forgetting : null);
            if (files.Length == 0 && text is null && found.Recipe is null)
            {
                throw new AttuneException(ExitCode.Usage, found.Name, "nothing to measure on was given", "add --data FILE, or --general builtin:general");
            }

            if (parsed.GetValue(baselines) && found.Recipe is null)
            {
                throw new AttuneException(ExitCode.Usage, found.Name, "--baselines needs a run, whose training rows the n-grams learn from", "give a run's folder");
            }

            Libtorch.Load();
            if (found.IsClassifier)
            {
                RefuseForLabels(parsed, general, baselines);
                await EvaluateLabels.RunAsync(screen, found, files, (parsed.GetValue(most), parsed.GetValue(rows)), parsed.GetValue(adapter) is null, parsed.GetValue(json), cancel).ConfigureAwait(false);
                return (int)ExitCode.Done;
            }

            var opened = found.Text;
            var heldOut = HeldOut(found, files, opened, parsed.GetValue(most), parsed.GetValue(rows), cancel);
            var measured = await MeasureAsync(screen, found, heldOut, text, cancel).ConfigureAwait(false) with
            {
                Baselines = parsed.GetValue(baselines) ? Baselines(found.Recipe!, opened, heldOut, parsed.GetValue(most), cancel) : [],
            };
            Show(screen, measured, opened.Notices.All, parsed.GetValue(json));
            if (files.Length == 0 && parsed.GetValue(general) is null && parsed.GetValue(adapter) is null && parsed.GetValue(most) is null && parsed.GetValue(rows) is null)
            {
                Rebuild(screen, found, measured);
            }

            return (int)ExitCode.Done;
        });
        return command;
    }

    private static void RefuseForLabels(ParseResult parsed, Option<string?> general, Option<bool> baselines)
    {
        if (parsed.GetValue(general) is not null || parsed.GetValue(baselines))
        {
            throw new AttuneException(ExitCode.Usage, null, "--general and --baselines are for language models; this model gives texts labels", "leave them out: the label that most rows have is shown anyway");
        }
    }

    /// <summary>Refuses a number that is too small for what it counts.</summary>
    public static void AtLeast(ParseResult parsed, Option<int?> option, int least)
    {
        if (parsed.GetValue(option) is int value && value < least)
        {
            throw new AttuneException(ExitCode.Usage, null, $"{option.Name} must be at least {least} (got {value})");
        }
    }

    /// <summary>The rows: those of the files, read as the run's recipe reads its own; without files what the recipe held out.</summary>
    private static IReadOnlyList<TokenRow> HeldOut(RunOrModel found, string[] files, ModelText text, int? maxTokens, int? maxRows, CancellationToken cancel) =>
        files.Length == 0 && found.Recipe is null ? [] : HeldOut(found, files, Read(found, files, text, maxTokens, cancel), maxRows);

    /// <summary>The rows of the files, or of the run's recipe.</summary>
    internal static EncodedSplits Read(RunOrModel found, string[] files, ModelText text, int? maxTokens, CancellationToken cancel)
    {
        var task = Task(found.Recipe, text);
        var source = (found.Recipe?.Data.ToSource() ?? new ExampleSource { Train = files }).For(task);
        if (files.Length > 0)
        {
            var trained = source;
            source = source with { Train = files, Validation = [], Test = [], Split = new SplitRule() };
            if (found.Recipe is not null)
            {
                TrainedRows.Tell(trained, source, text.Notices, cancel);
            }
        }

        return EncodedSplits.Read(source, Encoder(found.Recipe, text, maxTokens), text.Notices, cancel);
    }

    /// <summary>Those to measure on.</summary>
    internal static IReadOnlyList<TokenRow> HeldOut(RunOrModel found, string[] files, EncodedSplits read, int? maxRows)
    {
        var data = files.Length > 0 ? read.Train : read.Test.Rows.Count > 0 ? read.Test : read.Validation;
        return data.Rows.Count == 0 ? throw new AttuneException(ExitCode.BadData, found.Name, "the recipe held out no rows", "give rows with --data")
            : data.Sample(maxRows ?? found.Recipe?.Evaluate.MaxRows, found.Recipe?.Data.Split?.Seed ?? 0).Rows;
    }

    private static RowEncoder Encoder(Recipe? recipe, ModelText text, int? maxTokens)
    {
        int longest = text.Config.FindInt("max_position_embeddings|n_positions|n_ctx", 2) ?? DefaultMaxTokens;
        text.Clock = recipe?.Data.Clock;
        text.ParsesSpecialTokens = recipe?.Data.ParsesSpecialTokens ?? false;
        var encoder = Task(recipe, text).Encoder(text, Math.Min(maxTokens ?? recipe?.Train.MaxTokens ?? DefaultMaxTokens, longest));
        encoder.KnownTokens = text.VocabularySize;
        return encoder;
    }

    /// <summary>The recipe's task; without one that of the model's kind.</summary>
    internal static ITask Task(Recipe? recipe, ModelText text) =>
        TaskRegistry.Create(recipe?.Task ?? (text.IsClassifier ? TextClassification.Name : text.Template is null ? "text" : "chat"));

    /// <summary>What n-grams reach on the rows.</summary>
    private static IReadOnlyList<Baseline> Baselines(Recipe recipe, ModelText text, IReadOnlyList<TokenRow> heldOut, int? maxTokens, CancellationToken cancel)
    {
        var train = EncodedSplits.Read(recipe.Data.ToSource(), Encoder(recipe, text, maxTokens), cancellation: cancel).Train.Rows;
        return [.. NgramNames.Select((name, n) => new Baseline(name, NgramModel.Count(train, n + 1, text.Tokenizer.VocabularySize).OfRows(heldOut).Aggregate((sum, row) => sum + row)))];
    }

    private static async Task<Found> MeasureAsync(Screen screen, RunOrModel found, IReadOnlyList<TokenRow> heldOut, string? general, CancellationToken cancel)
    {
        (IReadOnlyList<TokenLoss> Rows, IReadOnlyList<TokenLoss> General) after;
        using (var tuned = found.OpenTuned(out var method))
        {
            using var attached = method;
            after = Losses(screen, tuned, found.BaseSource is null ? "" : "tuned: ", heldOut, general, cancel);
        }

        if (found.BaseSource is null)
        {
            return new Found(Alone(after.Rows), Alone(after.General), null);
        }

        var plain = await RunOrModel.FindAsync(screen, found.BaseSource, cancel: cancel).ConfigureAwait(false);
        using var untuned = (plain with { Recipe = found.Recipe, Wanted = found.Wanted }).Open();
        var before = Losses(screen, untuned, "base: ", heldOut, general, cancel);
        return new Found(Pair(before.Rows, after.Rows), Pair(before.General, after.General), (Scores(before), Scores(after)));
    }

    private static (IReadOnlyList<TokenLoss> Rows, IReadOnlyList<TokenLoss> General) Losses(
        Screen screen, OpenModel model, string who, IReadOnlyList<TokenRow> heldOut, string? general, CancellationToken cancel)
    {
        var rows = Perplexity.OfRows(model.Model, heldOut, TokensPerPass, new Counted(screen, who + "rows", heldOut.Count), cancel);
        if (general is null)
        {
            return (rows, []);
        }

        var windows = GeneralText.Windows(general, model.Tokenizer, model.Model.MaxPositions);
        return (rows, Perplexity.OfRows(model.Model, windows, TokensPerPass, new Counted(screen, who + "general text", windows.Count), cancel));
    }

    private static Comparison? Pair(IReadOnlyList<TokenLoss> before, IReadOnlyList<TokenLoss> after) =>
        after.Count == 0 ? null : PairedBootstrap.Compare(before, after, Resamplings);

    // The difference to a model that is never wrong is the loss itself, and so is its interval.
    private static Comparison? Alone(IReadOnlyList<TokenLoss> rows) => Pair([.. rows.Select(row => new TokenLoss(0, row.Count))], rows);

    private static ModelScores Scores((IReadOnlyList<TokenLoss> Rows, IReadOnlyList<TokenLoss> General) losses) => new()
    {
        HeldOut = losses.Rows.Count == 0 ? null : RowLosses.Of(losses.Rows),
        General = losses.General.Count == 0 ? null : RowLosses.Of(losses.General),
    };

    /// <summary>Puts what was measured into the run's report; its curves, samples and costs stay.</summary>
    private static void Rebuild(Screen screen, RunOrModel found, Found measured)
    {
        if (measured.Scores is not var (before, after) || !File.Exists(Path.Combine(found.Name, "report.json")))
        {
            return;
        }

        using var held = RunLock.Take(Path.GetFullPath(found.Name));
        var report = Report.Read(found.Name);
        report = report with
        {
            Before = report.Before with { HeldOut = before.HeldOut, General = before.General },
            After = report.After with { HeldOut = after.HeldOut, General = after.General },
        };
        report.Compare(found.Recipe!.Evaluate.Bootstrap).Write(found.Name);
        screen.Progress.MarkupLineInterpolated($"[grey]report written anew: {Path.Combine(found.Name, "report.html")}[/]");
    }

    private static void Show(Screen screen, Found found, IReadOnlyList<Notice> notices, bool json)
    {
        if (json)
        {
            screen.Line(JsonSerializer.Serialize(new
            {
                rows = Describe(found.HeldOut, found.IsCompared),
                general = Describe(found.General, found.IsCompared),
                baselines = found.Baselines.ToDictionary(baseline => baseline.Name, baseline => new { loss = baseline.Loss.Mean, perplexity = baseline.Loss.Perplexity }),
                notices = NoticeLines.Json(notices),
            }, Json));
            return;
        }

        NoticeLines.Write(screen, notices);
        Show(screen, "rows", found.HeldOut, found.IsCompared);
        Show(screen, "general text", found.General, found.IsCompared);
        foreach (var (name, loss) in found.Baselines)
        {
            screen.Line(string.Create(CultureInfo.InvariantCulture, $"rows, a {name} of the training rows: perplexity {loss.Perplexity:F2}, loss {loss.Mean:F4}"));
        }
    }

    private static object? Describe(Comparison? c, bool compared) => c is null ? null
        : compared ? new { rows = c.Rows, verdict = VerdictName(c.Verdict), loss = c.Loss, perplexity = c.Perplexity, resamplings = c.Resamplings }
        : new { rows = c.Rows, loss = c.Loss.After, loss_low = c.Loss.Low, loss_high = c.Loss.High, perplexity = Math.Exp(c.Loss.After), perplexity_low = Exp(c.Loss.Low), perplexity_high = Exp(c.Loss.High), resamplings = c.Resamplings };

    private static void Show(Screen screen, string what, Comparison? c, bool compared)
    {
        if (c is null)
        {
            return;
        }

        if (!compared)
        {
            string interval = c.Loss is { Low: { } low, High: { } high } ? string.Create(CultureInfo.InvariantCulture, $" (95 % interval {Math.Exp(low):F2} to {Math.Exp(high):F2})") : "";
            screen.Line(string.Create(CultureInfo.InvariantCulture, $"{what}: perplexity {Math.Exp(c.Loss.After):F2}{interval}, loss {c.Loss.After:F4}, {Words.Count(c.Rows, "row")}"));
            return;
        }

        string verdict = VerdictMark.Of(c.Verdict);
        string difference = c.Perplexity is { Low: { } from, High: { } to }
            ? string.Create(CultureInfo.InvariantCulture, $" (difference {c.Perplexity.Difference:+0.00;-0.00}, 95 % interval {from:+0.00;-0.00} to {to:+0.00;-0.00})") : "";
        screen.Out.MarkupLine(string.Create(CultureInfo.InvariantCulture,
            $"{what}: {verdict}; perplexity {c.Perplexity.Before:F2} to {c.Perplexity.After:F2}{difference}, loss {c.Loss.Before:F4} to {c.Loss.After:F4}, {Words.Count(c.Rows, "row")}"));
    }

    private static string VerdictName(Verdict verdict) => JsonNamingPolicy.SnakeCaseLower.ConvertName(verdict.ToString());

    private static double? Exp(double? loss) => loss is { } value ? Math.Exp(value) : null;

    private sealed record Found(Comparison? HeldOut, Comparison? General, (ModelScores Before, ModelScores After)? Scores)
    {
        public bool IsCompared => Scores is not null;

        public IReadOnlyList<Baseline> Baselines { get; init; } = [];
    }

    private sealed record Baseline(string Name, TokenLoss Loss);

    /// <summary>A line on the error stream at each quarter.</summary>
    internal sealed class Counted(Screen screen, string what, int total) : IProgress<int>
    {
        private int quarter;

        public void Report(int value)
        {
            if (value * 4 / Math.Max(1, total) > quarter)
            {
                quarter = value * 4 / total;
                screen.Progress.MarkupLineInterpolated($"[grey]{what}: {value} of {total}[/]");
            }
        }
    }
}
