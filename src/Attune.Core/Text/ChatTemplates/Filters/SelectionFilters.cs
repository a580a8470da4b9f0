namespace Attune.Text.ChatTemplates;

/// <summary>Filters that apply a filter, a test or a path to every element.</summary>
internal static class SelectionFilters
{
    public static readonly (string Name, Filter Filter)[] All =
    [
        ("map", Map),
        ("select", (run, input, arguments) => Choose(run, input, arguments, byAttribute: false, wanted: true)),
        ("reject", (run, input, arguments) => Choose(run, input, arguments, byAttribute: false, wanted: false)),
        ("selectattr", (run, input, arguments) => Choose(run, input, arguments, byAttribute: true, wanted: true)),
        ("rejectattr", (run, input, arguments) => Choose(run, input, arguments, byAttribute: true, wanted: false)),
    ];

    // All is evaluated where the elements are asked for, so that an empty input is never an error.
    private static IteratorValue Map(Run run, Value input, Arguments arguments)
    {
        return new IteratorValue(run, input.IsTrue ? Mapped() : [], input);

        IEnumerable<Value> Mapped()
        {
            Func<Value, Value> map = Mapping(run, arguments);
            foreach (Value element in SequenceFilters.Elements(run, input))
            {
                yield return map(element);
            }
        }
    }

    private static Func<Value, Value> Mapping(Run run, Arguments arguments)
    {
        if (arguments.Positional.Count == 0 && arguments.Find("attribute") is Value path)
        {
            Bound bound = arguments.Bind(run, "map", ["", "attribute", "default"], 0);
            return SequenceFilters.Getter(run, path, false, bound[2]);
        }

        if (arguments.Positional.Count == 0 || arguments.Positional[0] is not TextValue name)
        {
            throw run.Fail("map needs the name of a filter, or attribute=");
        }

        Filter filter = FilterTable.Find(name.String) ?? throw run.Fail($"there is no filter '{name.String}'");
        var rest = new Arguments([.. arguments.Positional.Skip(1)], arguments.Named);
        return element => filter(run, element, rest);
    }

    private static IteratorValue Choose(Run run, Value input, Arguments arguments, bool byAttribute, bool wanted)
    {
        return new IteratorValue(run, input.IsTrue ? Chosen() : [], input);

        IEnumerable<Value> Chosen()
        {
            int skipped = byAttribute ? 1 : 0;
            if (arguments.Positional.Count < skipped)
            {
                throw run.Fail("selectattr and rejectattr need the name of an attribute");
            }

            Func<Value, Value> get = byAttribute ? SequenceFilters.Getter(run, arguments.Positional[0]) : value => value;
            Func<Value, bool> test = Testing(run, arguments, skipped);
            foreach (Value element in SequenceFilters.Elements(run, input))
            {
                if (test(get(element)) == wanted)
                {
                    yield return element;
                }
            }
        }
    }

    private static Func<Value, bool> Testing(Run run, Arguments arguments, int skipped)
    {
        if (arguments.Positional.Count <= skipped)
        {
            return value => value.IsTrue;
        }

        string name = arguments.Positional[skipped] is TextValue text ? text.String : throw run.Fail("the name of a test must be a string");
        Test test = TestTable.Find(name) ?? throw run.Fail($"there is no test '{name}'");
        var rest = new Arguments([.. arguments.Positional.Skip(skipped + 1)], arguments.Named);
        return value => test(run, value, rest);
    }
}
