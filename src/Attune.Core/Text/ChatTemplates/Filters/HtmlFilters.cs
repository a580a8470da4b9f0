using System.Buffers;

namespace Attune.Text.ChatTemplates;

/// <summary>Filters for markup and addresses.</summary>
internal static class HtmlFilters
{
    private static readonly SearchValues<char> NotInNames = SearchValues.Create(" \t\n\r\f\v/>=");

    public static readonly (string Name, Filter Filter)[] All =
    [
        PlainFilter.Of("e", Html.Escape),
        PlainFilter.Of("escape", Html.Escape),
        PlainFilter.Of("forceescape", (run, input) => Html.Escape(run, new TextValue(input.ToText(run)))),
        PlainFilter.Of("safe", (run, input) => new TextValue(input.ToText(run), isMarkup: true)),
        PlainFilter.Of("striptags", (run, input) => new TextValue(Html.StripTags(run, input.ToText(run)))),
        ("urlencode", UrlEncode),
        ("xmlattr", XmlAttributes),
    ];

    private static TextValue UrlEncode(Run run, Value input, Arguments arguments)
    {
        arguments.Bind(run, "urlencode", [], 0);
        var encoded = new TracedBuilder(run.Budget);
        IEnumerable<Value>? pairs = input is DictValue dict ? new DictView(dict, "items").Elements(run) : input is TextValue ? null : input.Elements(run);
        if (pairs is null)
        {
            Quote(encoded, input.ToText(run), query: false);
            return new TextValue(encoded.Build());
        }

        foreach (Value pair in pairs)
        {
            List<Value> parts = SequenceFilters.Collect(run, pair);
            if (parts.Count != 2)
            {
                throw run.Fail("urlencode needs pairs of a key and a value");
            }

            encoded.Append(encoded.Length > 0 ? "&" : "");
            Quote(encoded, parts[0].ToText(run), query: true);
            encoded.Append("=");
            Quote(encoded, parts[1].ToText(run), query: true);
        }

        return new TextValue(encoded.Build());
    }

    private static void Quote(TracedBuilder to, TracedString text, bool query)
    {
        foreach (byte b in System.Text.Encoding.UTF8.GetBytes(text.Value))
        {
            char c = (char)b;
            bool plain = char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-' or '~' || (c == '/' && !query);
            to.Append(plain ? [c] : c == ' ' && query ? "+" : $"%{b:X2}", text.AnyOrigin);
        }
    }

    private static TextValue XmlAttributes(Run run, Value input, Arguments arguments)
    {
        Bound bound = arguments.Bind(run, "xmlattr", ["autospace"], 0);
        DictValue dict = input as DictValue ?? throw run.FailOn(input, $"xmlattr needs a dict (got '{input.TypeName}')");
        var attributes = new TracedBuilder(run.Budget);
        bool space = bound[0]?.IsTrue ?? true;
        foreach (var (key, value) in dict.Entries)
        {
            if (value is NoneValue or UndefinedValue)
            {
                continue;
            }

            TextValue name = key as TextValue ?? throw run.Fail("xmlattr needs strings as keys");
            if (name.String.AsSpan().IndexOfAny(NotInNames) >= 0)
            {
                throw run.Fail($"'{name.String}' cannot be the name of an attribute");
            }

            attributes.Append(attributes.Length > 0 || space ? " " : "");
            attributes.Append(Html.Escape(run, name).Text).Append("=\"").Append(Html.Escape(run, value).Text).Append("\"");
        }

        return new TextValue(attributes.Build(), run.Autoescape);
    }
}
