namespace Attune.Text.ChatTemplates;

/// <summary>Filters that fit nowhere else.</summary>
internal static class OtherFilters
{
    private const int PrintWidth = 80;

    public static readonly (string Name, Filter Filter)[] All =
    [
        ("default", Default),
        ("d", Default),
        ("attr", Attribute),
        ("tojson", JsonWriter.Filter),
        ("pprint", PrettyPrint),
        ("random", (run, _, _) => throw run.Fail("'random' is refused: the same conversation must always give the same text")),
        ("urlize", (run, _, _) => throw run.Fail("'urlize' is refused: it makes links for web pages")),
    ];

    private static Value Default(Run run, Value input, Arguments arguments)
    {
        Bound bound = arguments.Bind(run, "default", ["default_value", "boolean"], 0);
        return input is UndefinedValue || (bound.IsTrue(1) && !input.IsTrue) ? bound[0] ?? Value.Of("") : input;
    }

    private static Value Attribute(Run run, Value input, Arguments arguments)
    {
        string name = arguments.Bind(run, "attr", ["name"], 1).Text(0).String;
        return Access.Named(run, input, name) ?? new UndefinedValue($"'{input.TypeName}' has no attribute '{name}'");
    }

    // What fits on a line prints as itself, with sorted keys; Python's rules for breaking lines are left out rather than guessed.
    private static TextValue PrettyPrint(Run run, Value input, Arguments arguments)
    {
        arguments.Bind(run, "pprint", ["verbose"], 0);
        var text = new TracedBuilder(run.Budget);
        run.WriteRepr(Sorted(run, input), text);
        return text.Length <= PrintWidth ? new TextValue(text.Build()) : throw run.Fail($"pprint of more than {PrintWidth} characters is not supported; use tojson");
    }

    private static Value Sorted(Run run, Value value) => value switch
    {
        DictValue dict => new DictValue(run, Sorting.By(run, SequenceFilters.Collect(run, new DictView(dict, "items")), pair => ((ListValue)pair).Items[0], false)
            .Select(pair => new KeyValuePair<Value, Value>(((ListValue)pair).Items[0], Sorted(run, ((ListValue)pair).Items[1])))),
        ListValue list => new ListValue(run, [.. list.Items.Select(item => Sorted(run, item))], list.IsTuple),
        _ => value,
    };
}
