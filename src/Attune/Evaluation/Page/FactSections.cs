namespace Attune.Evaluation.Page;

/// <summary>The rest: what to know about the run, what was forgotten, what it cost, the data, the settings, how to go on, and what the report cannot say.</summary>
internal static class FactSections
{
    public static void Write(HtmlWriter html, Report report)
    {
        Sentences(html, "notes", "To know about this run", [.. report.Notices.Select(notice => notice.ToString()), .. report.Notes]);
        if (report.Labels is null)
        {
            Forgotten(html, report);
        }

        Section(html, "cost", "What it cost", "Cost of the run", Cost(report.Cost));
        Section(html, "data", "Data", "The data", Data(report.Data));
        Section(html, "settings", "Settings", "Model, method and settings", Settings(report));
        html.Raw("<section aria-labelledby=\"next\">\n<h2 id=\"next\">How to go on</h2>\n");
        foreach (var next in NextCommands.Of(report))
        {
            html.Element("p class=\"do\"", next.Name + ":").Raw("<pre tabindex=\"0\"><code>").Text(next.Value).Raw("</code></pre>\n");
        }

        html.Raw("</section>\n");
        Sentences(html, "limits", "What this report cannot say", [.. ReportLimits.Of(report)]);
    }

    private static void Forgotten(HtmlWriter html, Report report)
    {
        html.Raw("<section aria-labelledby=\"forgotten\">\n<h2 id=\"forgotten\">What was forgotten</h2>\n");
        if (report.General is not { } found)
        {
            html.Element("p", "It was not measured. In the recipe, evaluate: { forgetting: builtin:general } does.");
        }
        else
        {
            string change = Figures.Percent(Math.Abs(found.Perplexity.Difference) / found.Perplexity.Before);
            html.Element("p", $"Perplexity on {report.Data.General ?? "a general text"} ({Figures.Count(report.Before.General?.Tokens ?? 0)} tokens) went from "
                + $"{Figures.Plain(found.Perplexity.Before)} to {Figures.Plain(found.Perplexity.After)}, {change} {(found.Perplexity.Difference > 0 ? "higher" : "lower")}. "
                + found.Verdict switch
                {
                    Verdict.Worse => "That is more than chance: the model became worse at plain language. A lower learning rate, fewer steps or a smaller rank forget less.",
                    Verdict.Better => "That is more than chance: the model lost nothing here that this text could show.",
                    Verdict.NoClearDifference => "That may be chance.",
                    _ => "Whether that is chance was not judged.",
                });
        }

        html.Raw("</section>\n");
    }

    private static IEnumerable<ReportFact> Cost(ReportCost cost)
    {
        yield return new("Time", $"{Figures.Time(cost.TotalSeconds)}, of which training {Figures.Time(cost.TrainSeconds)}");
        yield return new("Steps", cost.Steps == cost.PlannedSteps ? Figures.Count(cost.Steps) : $"{Figures.Count(cost.Steps)} of {Figures.Count(cost.PlannedSteps)} planned");
        if (cost.KeptStep > 0 && cost.KeptStep != cost.Steps)
        {
            yield return new("Kept weights", $"of step {Figures.Count(cost.KeptStep)}");
        }

        yield return new("Tokens", $"{Figures.Count(cost.Tokens)}, of which trained on {Figures.Count(cost.TrainedTokens)}");
        yield return new("Speed", $"{(cost.TokensPerSecond < 100 ? Figures.Plain(cost.TokensPerSecond) : Figures.Count((long)Math.Min(cost.TokensPerSecond, 1e15)))} tokens per second"
            + (cost.PeakShare > 0 ? $", {Figures.Percent(cost.PeakShare)} of the machine's matrix-product peak" : ""));
        if (cost.PeakMemory > 0)
        {
            yield return new("Peak memory", Figures.Bytes(cost.PeakMemory));
        }

        if (cost.Machine is string machine)
        {
            yield return new("Machine", machine);
        }
    }

    private static IEnumerable<ReportFact> Data(ReportData data)
    {
        yield return new("Files", string.Join(", ", data.Files));
        yield return new("Rows", $"{Figures.Count(data.TrainRows)} to train on, {Figures.Count(data.ValidationRows)} validation, {Figures.Count(data.TestRows)} test");
        yield return new("Training tokens", $"{Figures.Count(data.TrainTokens)}, of which trained on {Figures.Count(data.TrainedTokens)}");
        yield return new("Cut rows", data.Truncated == 0 ? "none" : Figures.Count(data.Truncated));
        yield return new("Rows left out", data.LeftOut == 0 ? "none" : Figures.Count(data.LeftOut));
    }

    private static IEnumerable<ReportFact> Settings(Report report)
    {
        var model = report.Model;
        yield return new("Model", model.Source);
        if (model.Family is string family)
        {
            yield return new("Family", family);
        }

        if (model.BaseModel is string origin)
        {
            yield return new("Made from", origin);
        }

        yield return new("Licence", model.Licence ?? "not stated in the model's files; look it up before you ship");
        yield return new("Parameters", $"{Figures.Large(model.Parameters)}, of which trained {Figures.Large(report.Method.TrainedParameters)}"
            + (model.Parameters > 0 ? $" ({Figures.Percent((double)report.Method.TrainedParameters / model.Parameters)})" : ""));
        if (model.Precision is string precision)
        {
            yield return new("Precision", precision);
        }

        yield return new("Method", report.Method.Name);
        foreach (var fact in report.Method.Settings.Concat(report.Settings))
        {
            yield return fact;
        }

        yield return new("Seed", report.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture));
        yield return new("Versions", $"Attune {report.Versions.Attune}, libtorch {report.Versions.Libtorch}, {report.Versions.Runtime}, {report.Versions.System}");
    }

    private static void Section(HtmlWriter html, string id, string title, string caption, IEnumerable<ReportFact> facts) =>
        html.Raw($"<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{title}</h2>\n").Facts(caption, facts).Raw("</section>\n");

    private static void Sentences(HtmlWriter html, string id, string title, IReadOnlyList<string> sentences)
    {
        if (sentences.Count == 0)
        {
            return;
        }

        html.Raw($"<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{title}</h2>\n<ul>\n");
        foreach (string sentence in sentences)
        {
            html.Element("li", sentence);
        }

        html.Raw("</ul>\n</section>\n");
    }
}
