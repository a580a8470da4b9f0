namespace Attune.Evaluation.Page;

/// <summary>What is seen first: the verdict, and the numbers that it rests on.</summary>
internal static class FirstScreen
{
    public static void Write(HtmlWriter html, Report report)
    {
        html.Raw("<header>\n").Element("p class=\"kicker\"", $"{report.Model.Source} · {report.Method.Name} · {Figures.Count(report.Data.TrainRows, "row", "rows")}");
        html.Element("h1", report.Name).Raw("</header>\n");
        string tone = (report.Labels?.Verdict ?? report.HeldOut?.Verdict) switch { Verdict.Better => "better", Verdict.Worse => "worse", _ => "unclear" };
        html.Element($"p class=\"verdict {tone}\"", VerdictSentence.Of(report));
        if (report.HeldOut is null && report.General is null && report.Labels is null)
        {
            return;
        }

        html.Raw("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Before and after\">\n<table class=\"scores\">\n");
        string of = report.Data.HeldOut is string split ? $" Held-out rows are those of the {split} split." : "";
        html.Element("caption", (report.Labels is null ? "Lower is better." : "Accuracy and F1: higher is better; loss: lower.") + of);
        html.Raw("<thead><tr><th scope=\"col\">Measure</th><th scope=\"col\">Before</th><th scope=\"col\">After</th><th scope=\"col\">Change<br><small>95 % interval</small></th></tr></thead>\n<tbody>\n");
        Row(html, "Perplexity", "held-out rows", report.HeldOut?.Perplexity, report.HeldOut?.Verdict);
        Row(html, "Loss", "held-out rows", report.HeldOut?.Loss, report.HeldOut?.Verdict);
        Row(html, "Perplexity", "general text", report.General?.Perplexity, report.General?.Verdict);
        if (report.Labels is { } labels)
        {
            Row(html, "Accuracy", "held-out rows", labels.Accuracy, labels.Verdict);
            Row(html, "Macro F1", "held-out rows", labels.MacroF1, null);
            Row(html, "Loss", "held-out rows", labels.Loss, null);
        }

        html.Raw("</tbody></table>\n</div>\n");
        if (report.Labels is { } found)
        {
            html.Element("p", $"For comparison: whoever gives every row the label that most training rows have (“{found.Majority}”) has accuracy {Figures.Plain(found.MajorityAccuracy)} and macro F1 {Figures.Plain(found.MajorityMacroF1)}.");
        }
    }

    private static void Row(HtmlWriter html, string measure, string where, Change? change, Verdict? verdict)
    {
        if (change is null)
        {
            return;
        }

        html.Raw("<tr><th scope=\"row\">").Text(measure).Raw("<br><small>").Text(where).Raw("</small></th><td>").Text(Figures.Plain(change.Before));
        html.Raw("</td><td>").Text(Figures.Plain(change.After)).Raw("</td><td>").Text(Figures.Signed(change.Difference, change.Before)).Raw("<br><small class=\"interval\">");
        html.Text(change is { Low: double low, High: double high } ? $"{Figures.Signed(low, change.Before)} to {Figures.Signed(high, change.Before)}" : "no interval").Raw("</small> ");
        if (verdict is null)
        {
            html.Raw("</td></tr>\n");
            return;
        }

        (string tone, string word) = verdict switch
        {
            Verdict.Better => ("better", "better"),
            Verdict.Worse => ("worse", "worse"),
            Verdict.NoClearDifference => ("unclear", "no clear difference"),
            Verdict.TooFewRows => ("unclear", "too few rows"),
            _ => ("unclear", "not judged"),
        };
        html.Element($"span class=\"tag {tone}\"", word).Raw("</td></tr>\n");
    }
}
