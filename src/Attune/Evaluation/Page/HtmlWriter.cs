using System.Text;

namespace Attune.Evaluation.Page;

/// <summary>Writes HTML. Text of any origin goes through <see cref="Text"/>; <see cref="Raw"/> is for markup that stands in the code.</summary>
internal sealed class HtmlWriter
{
    private readonly StringBuilder html = new();

    /// <summary>Adds markup as it is.</summary>
    public HtmlWriter Raw(string markup)
    {
        html.Append(markup);
        return this;
    }

    /// <summary>Adds text, so that none of it is markup.</summary>
    public HtmlWriter Text(string text)
    {
        foreach (char c in text)
        {
            _ = c switch
            {
                '&' => html.Append("&amp;"),
                '<' => html.Append("&lt;"),
                '>' => html.Append("&gt;"),
                '"' => html.Append("&quot;"),
                '\'' => html.Append("&#39;"),
                '\n' or '\t' => html.Append(c),
                '\r' => html,
                _ when char.IsControl(c) => html.Append('�'),
                _ => html.Append(c),
            };
        }

        return this;
    }

    /// <summary>Adds an element that holds text only.</summary>
    /// <param name="open">Its name, with attributes where it has some.</param>
    /// <param name="text">The text.</param>
    public HtmlWriter Element(string open, string text) => Raw($"<{open}>").Text(text).Raw($"</{open.Split(' ')[0]}>\n");

    /// <summary>Adds a table of names and values.</summary>
    /// <param name="caption">What the table tells.</param>
    /// <param name="facts">Its rows.</param>
    public HtmlWriter Facts(string caption, IEnumerable<ReportFact> facts)
    {
        Raw("<table class=\"facts\">\n").Element("caption", caption).Raw("<tbody>\n");
        foreach (var fact in facts)
        {
            Raw("<tr>").Element("th scope=\"row\"", fact.Name).Raw("<td dir=\"auto\">").Text(fact.Value).Raw("</td></tr>\n");
        }

        return Raw("</tbody></table>\n");
    }

    /// <inheritdoc/>
    public override string ToString() => html.ToString();
}
