namespace Attune.Evaluation.Page;

/// <summary>Replies side by side: the data's, the pretrained model's, the tuned one's.</summary>
internal static class SampleSection
{
    public static void Write(HtmlWriter html, IReadOnlyList<SampleReply> samples)
    {
        if (samples.Count == 0)
        {
            return;
        }

        html.Raw("<section aria-labelledby=\"samples\">\n<h2 id=\"samples\">What it says now</h2>\n");
        html.Element("p", "Held-out conversations, evenly spread and not picked, each with the reply in the data and the models' own, greedy.");
        for (int i = 0; i < samples.Count; i++)
        {
            Sample(html, samples[i], i + 1);
        }

        html.Raw("</section>\n");
    }

    private static void Sample(HtmlWriter html, SampleReply sample, int number)
    {
        html.Raw($"<article aria-labelledby=\"sample-{number}\">\n<h3 id=\"sample-{number}\">Sample {number} of the held-out rows</h3>\n<div class=\"prompt\">\n");
        foreach (var message in sample.Prompt)
        {
            html.Element("p class=\"role\"", message.Role).Raw("<p class=\"text\" dir=\"auto\">").Text(message.Text).Raw("</p>\n");
        }

        html.Raw("</div>\n<div class=\"replies\">\n");
        Reply(html, "Before", sample.Before, "");
        Reply(html, "After", sample.After, " after");
        Reply(html, "In the data", sample.Reference, "");
        html.Raw("</div>\n</article>\n");
    }

    private static void Reply(HtmlWriter html, string title, string text, string style)
    {
        html.Raw($"<div class=\"reply{style}\">").Element("h4", title);
        html.Raw("<p class=\"text\" dir=\"auto\">").Text(text.Length == 0 ? "(nothing)" : text).Raw("</p></div>\n");
    }
}
