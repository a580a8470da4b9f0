using Attune.Evaluation.Page;

namespace Attune.Evaluation;

/// <summary>report.html: one file without script or network, for a phone as for a desk, light or dark as the reader's system is.</summary>
internal static class ReportPage
{
    /// <summary>The page of a report.</summary>
    public static string Of(Report report)
    {
        var html = new HtmlWriter();
        html.Raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.Raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");

        // Were a text to escape its escaping, it still could load and run nothing.
        html.Raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
        html.Raw("<meta name=\"color-scheme\" content=\"light dark\">\n").Element("title", "Attune report: " + report.Name);
        html.Raw("<style>").Raw(PageStyle.Css).Raw("</style>\n</head>\n<body>\n<main>\n");
        FirstScreen.Write(html, report);
        CurveSection.Write(html, report.Curves, report.Cost, isOfWords: report.Labels is null);
        SampleSection.Write(html, report.Samples);
        FactSections.Write(html, report);
        html.Raw("</main>\n<footer>").Element("p", $"Made by Attune {report.Versions.Attune} on {report.Created.UtcDateTime:yyyy-MM-dd HH:mm} UTC. The numbers behind this page are in report.json beside it.");
        return html.Raw("</footer>\n</body>\n</html>\n").ToString();
    }
}
