using System.Net;

namespace Attune.Text.ChatTemplates;

/// <summary>Escaping for HTML, as markupsafe does it.</summary>
internal static class Html
{
    /// <summary>The value's text as markup; what is markup already stays as it is.</summary>
    public static TextValue Escape(Run run, Value value)
    {
        if (value is TextValue { IsMarkup: true } markup)
        {
            return markup;
        }

        TracedString text = value.ToText(run);
        var escaped = new TracedBuilder(run.Budget);
        for (int i = 0; i < text.Length; i++)
        {
            string? entity = text.Value[i] switch { '&' => "&amp;", '<' => "&lt;", '>' => "&gt;", '"' => "&#34;", '\'' => "&#39;", _ => null };
            if (entity is null)
            {
                escaped.Append(text, i, i + 1);
            }
            else
            {
                escaped.Append(entity, text.OriginAt(i));
            }
        }

        return new TextValue(escaped.Build(), isMarkup: true);
    }

    /// <summary>The text without tags and comments, blanks drawn together, entities resolved.</summary>
    public static TracedString StripTags(Run run, TracedString text)
    {
        var kept = new TracedBuilder(run.Budget);
        string value = text.Value;
        int position = 0;
        for (int start = value.IndexOf('<'); start >= 0; start = value.IndexOf('<', position))
        {
            bool comment = string.CompareOrdinal(value, start, "<!--", 0, 4) == 0;
            int end = comment && start + 4 > value.Length ? -1 : value.IndexOf(comment ? "-->" : ">", comment ? start + 4 : start, StringComparison.Ordinal);
            run.Budget.Step(1 + ((end < 0 ? value.Length : end) - position) / 64);
            if (end < 0)
            {
                break;
            }

            kept.Append(text, position, start);
            position = end + (comment ? 3 : 1);
        }

        TracedString joined = TextMethods.JoinWords(run, kept.Append(text, position, text.Length).Build());
        return new TracedString(WebUtility.HtmlDecode(joined.Value), joined.AnyOrigin);
    }
}
