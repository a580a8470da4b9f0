namespace Attune.Recipes;

/// <summary>Changes to a recipe from the command line: <c>--set train.learning_rate=1e-4</c>.</summary>
internal static class RecipeEdits
{
    // A value's own maps and lists come on top of the path's: together they stay within what a recipe may nest.
    private const int MostSegments = 12;

    /// <summary>The nodes with the edits applied, first to last.</summary>
    /// <param name="root">The recipe.</param>
    /// <param name="edits">Each <c>path.of.keys=value</c>; a value may be <c>[a, b]</c> or <c>{key: value}</c>; <c>null</c> removes.</param>
    /// <exception cref="AttuneException">An edit is none.</exception>
    public static RecipeNode Apply(RecipeNode root, IEnumerable<string> edits) => edits.Aggregate(root, Apply);

    private static RecipeNode Apply(RecipeNode root, string edit)
    {
        string file = "--set " + (edit.Length > 80 ? edit[..79] + "…" : edit);
        int equals = edit.IndexOf('=', StringComparison.Ordinal);
        string[] path = equals < 0 ? [] : edit[..equals].Trim().Split('.');
        if (path.Length is 0 or > MostSegments || path.Any(string.IsNullOrWhiteSpace))
        {
            throw new AttuneException(ExitCode.Usage, file, "is no edit", "write --set section.key=value, as in --set train.learning_rate=1e-4");
        }

        var place = new RecipePlace(file, 0, 0);
        return Set(root, path, Value(edit[(equals + 1)..].Trim(), place), place);
    }

    private static RecipeNode Value(string text, RecipePlace place) =>
        text.Length > 0 && text[0] is '[' or '{' or '"' or '\''
            ? YamlReader.Read(text, place.File, locate: false)
            : new RecipeScalar(place, text, quoted: false);

    private static RecipeNode Set(RecipeNode node, ReadOnlySpan<string> path, RecipeNode value, RecipePlace place)
    {
        if (path.IsEmpty)
        {
            return value;
        }

        string key = path[0];
        if (node is RecipeList list)
        {
            if (!int.TryParse(key, out int index) || index < 0 || index >= list.Items.Count)
            {
                throw new AttuneException(ExitCode.Usage, place.ToString(), $"{key} is no place in a list of {list.Items.Count}", "count from 0, or give the whole list as [a, b]");
            }

            RecipeNode item = Set(list.Items[index], path[1..], value, place);
            return new RecipeList(list.Place, [.. list.Items.Take(index), item, .. list.Items.Skip(index + 1)]);
        }

        // `method: lora` is short for `method: { lora: {} }`, so that method.lora.rank can be set in both.
        RecipeMap map = node switch
        {
            RecipeMap found => found,
            RecipeScalar { IsNull: true } => new RecipeMap(place, []),
            RecipeScalar { Text: var text } when text == key => new RecipeMap(node.Place, []),
            _ => throw new AttuneException(ExitCode.Usage, place.ToString(), $"there are no keys below {node.Excerpt} ({node.Place})", "set the whole value instead"),
        };
        RecipeEntry? old = map[key];
        var entry = new RecipeEntry(key, place, Set(old?.Value ?? new RecipeScalar(place, "", quoted: false), path[1..], value, place));
        entry = old is null || path.Length == 1 ? entry : entry with { KeyPlace = old.KeyPlace };
        return new RecipeMap(map.Place, old is null
            ? [.. map.Entries, entry]
            : [.. map.Entries.Select(other => ReferenceEquals(other, old) ? entry : other)]);
    }
}
