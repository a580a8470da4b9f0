using Attune.Cli.Verbs;
using Attune.Evaluation;
using Attune.Training;
using Spectre.Console;

namespace Attune.Cli.Terminal;

/// <summary>What a run came to, in a few lines: the difference with its interval, samples side by side, what to type next.</summary>
internal static class RunSummary
{
    private const int SamplesShown = 2;

    public static void Show(Screen screen, RunResult result)
    {
        if (result.Report is not { } report)
        {
            return;
        }

        screen.Line();
        Difference(screen, "held-out rows", report.HeldOut);
        Difference(screen, "general text (forgetting)", report.General);
        if (report.Labels is { } labels)
        {
            screen.Out.MarkupLine("held-out rows: " + EvaluateLabels.Markup(labels));
            screen.Line(EvaluateLabels.Baseline(labels.Majority, "training rows", labels.MajorityAccuracy, labels.MajorityMacroF1));
        }

        foreach (var sample in report.Samples.Take(SamplesShown))
        {
            Sample(screen, sample);
        }

        string folder = TrainVerb.Relative(result.Folder);
        screen.Line();
        screen.Line($"Report: {Path.Combine(folder, "report.html")}");
        screen.Line("Next:");
        foreach (var next in NextCommands.Of(report))
        {
            screen.Line($"  {next.Value,-44} # {char.ToLowerInvariant(next.Name[0])}{next.Name[1..]}");
        }

        screen.Line($"  {"attune init",-44} # write a recipe for other data");
    }

    private static void Difference(Screen screen, string what, Comparison? comparison)
    {
        if (comparison is null)
        {
            return;
        }

        var (loss, perplexity) = (comparison.Loss, comparison.Perplexity);
        string interval = perplexity is { Low: { } low, High: { } high } ? $" (95 % interval of the difference {low:+0.00;-0.00} to {high:+0.00;-0.00})" : "";
        string verdict = VerdictMark.Of(comparison.Verdict);
        screen.Out.MarkupLine($"{Markup.Escape(what)}: {verdict}; perplexity {perplexity.Before:F2} to {perplexity.After:F2}{interval}, loss {loss.Before:F4} to {loss.After:F4}");
    }

    private static void Sample(Screen screen, SampleReply sample)
    {
        if (!screen.Out.Profile.Capabilities.Interactive)
        {
            screen.Line();
            screen.Line("prompt: " + sample.Prompt[^1].Text.ReplaceLineEndings(" "));
            screen.Line("before: " + sample.Before.ReplaceLineEndings(" "));
            screen.Line("after:  " + sample.After.ReplaceLineEndings(" "));
            return;
        }

        var table = new Table().Border(TableBorder.Rounded).Expand().Title(Markup.Escape(sample.Prompt[^1].Text.ReplaceLineEndings(" ")));
        table.AddColumn("before").AddColumn("after");
        table.AddRow(Markup.Escape(sample.Before), Markup.Escape(sample.After));
        screen.Out.Write(table);
    }
}
