namespace Attune.Evaluation.Page;

/// <summary>How the run went, step by step.</summary>
internal static class CurveSection
{
    public static void Write(HtmlWriter html, CurveData curves, ReportCost cost, bool isOfWords)
    {
        LineChart[] charts =
        [
            new("loss", "Loss", "Mean loss by trained token, in nats", [new("training", curves.TrainLoss), new("validation", curves.ValidationLoss)]) { Mark = cost.KeptStep < cost.Steps ? cost.KeptStep : 0 },
            new("rate", "Learning rate", "by step", [new("learning rate", curves.LearningRate)]) { FromZero = true },
            new("norm", "Gradient norm", "Before clipping", [new("gradient norm", curves.GradNorm)]) { FromZero = true },
            new("speed", "Speed", "Tokens per second", [new("tokens per second", curves.TokensPerSecond)]) { FromZero = true },
        ];
        if (charts.All(chart => chart.IsEmpty))
        {
            return;
        }

        html.Raw("<section aria-labelledby=\"curves\">\n<h2 id=\"curves\">How it went</h2>\n<div class=\"grid\">\n");
        foreach (var chart in charts.Where(chart => !chart.IsEmpty))
        {
            chart.Write(html);
        }

        html.Raw("</div>\n");
        if (curves.ValidationLoss.Count > 0)
        {
            html.Raw("<details><summary>Validation loss as a table</summary>\n<table class=\"scores\">\n<caption>Validation loss</caption>\n");
            html.Raw("<thead><tr><th scope=\"col\">Step</th><th scope=\"col\">Loss</th>").Raw(isOfWords ? "<th scope=\"col\">Perplexity</th>" : "").Raw("</tr></thead>\n<tbody>\n");
            foreach (var point in curves.ValidationLoss)
            {
                html.Raw("<tr><th scope=\"row\">").Text(Figures.Count(point.Step)).Raw("</th><td>").Text(Figures.Plain(point.Value)).Raw("</td>");
                if (isOfWords)
                {
                    html.Raw("<td>").Text(Figures.Plain(Math.Exp(point.Value))).Raw("</td>");
                }

                html.Raw("</tr>\n");
            }

            html.Raw("</tbody></table></details>\n");
        }

        html.Raw("</section>\n");
    }
}
