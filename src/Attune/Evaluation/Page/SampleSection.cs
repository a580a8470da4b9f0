namespace Attune.Evaluation.Page;

/// <summary>Replies side by side: the data's, the pretrained model's, the tuned one's.</summary>
internal static class SampleSection
{
    private const int Long = 900, Shown = 400;

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
        html.Raw($"<article aria-labelledby=\"sample-{number}\">\n<h3 id=\"sample-{number}\">Sample {number}</h3>\n<div class=\"prompt\">\n");
        foreach (var message in sample.Prompt)
        {
            html.Element("p class=\"role\"", message.Role);
            Said(html, message.Text);
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
        Said(html, text.Length == 0 ? "(nothing)" : text);
        html.Raw("</div>\n");
    }

    // What is very long opens on demand, so that the next sample stays in reach.
    private static void Said(HtmlWriter html, string text)
    {
        if (text.Length <= Long)
        {
            html.Raw("<p class=\"text\" dir=\"auto\">").Text(text).Raw("</p>\n");
            return;
        }

        int cut = text.LastIndexOf(' ', Shown);
        cut = cut > Shown / 2 ? cut : char.IsHighSurrogate(text[Shown - 1]) ? Shown - 1 : Shown;
        html.Raw("<details><summary dir=\"auto\">").Text(text[..cut].ReplaceLineEndings(" ")).Raw(" … <b>read all</b></summary>\n<p class=\"text\" dir=\"auto\">").Text(text).Raw("</p></details>\n");
    }
}
