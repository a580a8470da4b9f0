using System.Collections.Frozen;

namespace Attune.Text.ChatTemplates;

/// <summary>All filters by name: Jinja2's, with transformers' own <c>tojson</c>.</summary>
internal static class FilterTable
{
    private static readonly FrozenDictionary<string, Filter> Filters =
        TextFilters.All.Concat(SequenceFilters.All).Concat(SelectionFilters.All).Concat(NumberFilters.All).Concat(HtmlFilters.All).Concat(OtherFilters.All)
            .ToFrozenDictionary(entry => entry.Name, entry => entry.Filter);

    public static Filter? Find(string name) => Filters.GetValueOrDefault(name);
}
