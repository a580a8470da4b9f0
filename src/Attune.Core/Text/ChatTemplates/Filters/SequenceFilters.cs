using System.Globalization;

namespace Attune.Text.ChatTemplates;

/// <summary>Filters over lists and other things that have elements.</summary>
internal static class SequenceFilters
{
    public static readonly (string Name, Filter Filter)[] All =
    [
        PlainFilter.Of("length", Length),
        PlainFilter.Of("count", Length),
        PlainFilter.Of("first", First),
        PlainFilter.Of("last", Last),
        PlainFilter.Of("list", (run, input) => new ListValue(run, Collect(run, input))),
        PlainFilter.Of("items", Items),
        ("join", Join),
        PlainFilter.Of("reverse", Reverse),
        ("sort", Sort),
        ("dictsort", DictSort),
        ("unique", Unique),
        ("min", (run, input, arguments) => Extreme(run, input, arguments, "min", -1)),
        ("max", (run, input, arguments) => Extreme(run, input, arguments, "max", 1)),
        ("sum", Sum),
        ("batch", Batch),
        ("slice", Slice),
        ("groupby", GroupBy),
    ];

    /// <summary>The elements of a value, paid for; fails where it has none.</summary>
    public static IEnumerable<Value> Elements(Run run, Value input)
    {
        foreach (Value element in input.Elements(run) ?? throw run.FailOn(input, $"'{input.TypeName}' cannot be iterated"))
        {
            run.Budget.Step();
            yield return element;
        }
    }

    public static List<Value> Collect(Run run, Value input) => [.. Elements(run, input)];

    /// <summary>A getter of what a path names: names and numbers parted by points; without a path, the value itself.</summary>
    public static Func<Value, Value> Getter(Run run, Value? path, bool ignoreCase = false, Value? fallback = null)
    {
        Value[] parts = path switch
        {
            null or NoneValue => [],
            TextValue text => [.. text.String.Split('.').Select(Part)],
            _ => [path],
        };
        return value =>
        {
            foreach (Value part in parts)
            {
                run.Budget.Step();
                value = Access.Item(run, value, part);
                value = value is UndefinedValue && fallback is not (null or NoneValue) ? fallback : value;
            }

            return ignoreCase ? IgnoreCase(run, value) : value;
        };
    }

    private static Value Part(string name) => name.Length > 0 && name.All(char.IsAsciiDigit) && name.Length <= 9
        ? Value.Of(int.Parse(name, CultureInfo.InvariantCulture)) : Value.Of(name);

    private static Value IgnoreCase(Run run, Value value) => value is TextValue text ? new TextValue(Casing.Lower(run, text.Text)) : value;

    private static Value Length(Run run, Value input) =>
        input.Length is int length ? Value.Of(length) : throw run.Fail($"'{input.TypeName}' has no length");

    private static Value First(Run run, Value input)
    {
        foreach (Value element in Elements(run, input))
        {
            return element;
        }

        return new UndefinedValue("there is no first element: the sequence is empty");
    }

    private static Value Last(Run run, Value input)
    {
        if (input is IteratorValue || input.Length is null)
        {
            throw run.Fail($"'{input.TypeName}' cannot be read from its end; make a list of it first");
        }

        IReadOnlyList<Value> elements = input is ListValue list ? list.Items : Collect(run, input);
        return elements is [.., Value last] ? last : new UndefinedValue("there is no last element: the sequence is empty");
    }

    private static Value Items(Run run, Value input)
    {
        return new IteratorValue(run, Pairs(), input);

        // An undefined value has no pairs; anything else that is no dict fails where the pairs are asked for.
        IEnumerable<Value> Pairs()
        {
            if (input is UndefinedValue)
            {
                yield break;
            }

            foreach (Value pair in new DictView(input as DictValue ?? throw run.Fail($"items needs a dict (got '{input.TypeName}')"), "items").Elements(run))
            {
                yield return pair;
            }
        }
    }

    private static TextValue Join(Run run, Value input, Arguments arguments)
    {
        Bound bound = arguments.Bind(run, "join", ["d", "attribute"], 0);
        Func<Value, Value> get = Getter(run, bound[1]);
        List<Value> parts = [.. Elements(run, input).Select(get)];
        Value separator = bound[0] ?? Value.Of("");
        bool markup = run.Autoescape && parts.Append(separator).Any(part => part is TextValue { IsMarkup: true });
        TracedString between = markup ? Html.Escape(run, separator).Text : separator.ToText(run);
        var joined = new TracedBuilder(run.Budget);
        for (int i = 0; i < parts.Count; i++)
        {
            joined.Append(i > 0 ? between : TracedString.Empty).Append(markup ? Html.Escape(run, parts[i]).Text : parts[i].ToText(run));
        }

        return new TextValue(joined.Build(), markup);
    }

    private static Value Reverse(Run run, Value input)
    {
        switch (input)
        {
            case TextValue text:
                return text.Part(run, new SliceBounds(null, null, Value.Of(-1)));
            case IteratorValue:
                List<Value> backwards = Collect(run, input);
                backwards.Reverse();
                return new ListValue(run, backwards);
            default:
                List<Value> elements = Collect(run, input);
                elements.Reverse();
                return new IteratorValue(run, elements, input);
        }
    }

    private static ListValue Sort(Run run, Value input, Arguments arguments)
    {
        Bound bound = arguments.Bind(run, "sort", ["reverse", "case_sensitive", "attribute"], 0);
        Value?[] paths = bound[2] is TextValue text ? [.. text.String.Split(',').Select(Value.Of)] : [bound[2]];
        Func<Value, Value>[] keys = [.. paths.Select(path => Getter(run, path, !bound.IsTrue(1)))];
        return new ListValue(run, Sorting.By(run, Collect(run, input), value => new ListValue(run, [.. keys.Select(key => key(value))]), bound.IsTrue(0)));
    }

    private static ListValue DictSort(Run run, Value input, Arguments arguments)
    {
        Bound bound = arguments.Bind(run, "dictsort", ["case_sensitive", "by", "reverse"], 0);
        DictValue dict = input as DictValue ?? throw run.FailOn(input, $"dictsort needs a dict (got '{input.TypeName}')");
        int place = (bound[1] is null ? "key" : bound.Text(1).String) switch
        {
            "key" => 0,
            "value" => 1,
            _ => throw run.Fail("dictsort sorts by 'key' or 'value'"),
        };
        List<Value> pairs = Collect(run, new DictView(dict, "items"));
        return new ListValue(run, Sorting.By(run, pairs, Key, bound.IsTrue(2)));

        Value Key(Value pair)
        {
            Value key = ((ListValue)pair).Items[place];
            return bound.IsTrue(0) ? key : IgnoreCase(run, key);
        }
    }

    private static IteratorValue Unique(Run run, Value input, Arguments arguments)
    {
        Bound bound = arguments.Bind(run, "unique", ["case_sensitive", "attribute"], 0);
        Func<Value, Value> key = Getter(run, bound[1], !bound.IsTrue(0));
        var seen = new HashSet<Value>(run.Comparer);
        return new IteratorValue(run, Elements(run, input).Where(element => seen.Add(key(element))), input);
    }

    private static Value Extreme(Run run, Value input, Arguments arguments, string name, int sign)
    {
        Bound bound = arguments.Bind(run, name, ["case_sensitive", "attribute"], 0);
        Func<Value, Value> key = Getter(run, bound[1], !bound.IsTrue(0));
        Value? best = null, bestKey = null;
        foreach (Value element in Elements(run, input))
        {
            Value elementKey = key(element);
            if (bestKey is null || Operators.Compare(run, elementKey, bestKey) * sign > 0)
            {
                (best, bestKey) = (element, elementKey);
            }
        }

        return best ?? new UndefinedValue("there is no extreme element: the sequence is empty");
    }

    private static Value Sum(Run run, Value input, Arguments arguments)
    {
        Bound bound = arguments.Bind(run, "sum", ["attribute", "start"], 0);
        Func<Value, Value> get = Getter(run, bound[0]);
        Value sum = bound[1] ?? Value.Of(0);
        if (sum is TextValue)
        {
            throw run.Fail("sum cannot add strings; use join");
        }

        foreach (Value element in Elements(run, input))
        {
            sum = Operators.Add(run, sum, get(element));
        }

        return sum;
    }

    private static IteratorValue Batch(Run run, Value input, Arguments arguments)
    {
        Bound bound = arguments.Bind(run, "batch", ["linecount", "fill_with"], 1);
        int size = bound.Integer(0);
        return new IteratorValue(run, Batches(run, input, size, bound.Has(1) ? bound[1] : null), input);

        static IEnumerable<Value> Batches(Run run, Value input, int size, Value? fill)
        {
            var batch = new List<Value>();
            foreach (Value element in Elements(run, input))
            {
                if (batch.Count == size)
                {
                    yield return new ListValue(run, batch);
                    batch = [];
                }

                batch.Add(element);
            }

            if (batch.Count > 0)
            {
                if (fill is not null && batch.Count < size)
                {
                    run.Budget.Elements(size);
                    batch.AddRange(Enumerable.Repeat(fill, size - batch.Count));
                }

                yield return new ListValue(run, batch);
            }
        }
    }

    private static IteratorValue Slice(Run run, Value input, Arguments arguments)
    {
        Bound bound = arguments.Bind(run, "slice", ["slices", "fill_with"], 1);
        int slices = bound.Integer(0);
        if (slices == 0)
        {
            throw run.Fail("slice needs a number of slices other than 0");
        }

        return new IteratorValue(run, Slices(run, Collect(run, input), slices, bound.Has(1) ? bound[1] : null), input);

        static IEnumerable<Value> Slices(Run run, List<Value> elements, int slices, Value? fill)
        {
            for (int i = 0, start = 0; i < slices; i++)
            {
                run.Budget.Step();
                int size = (elements.Count / slices) + (i < elements.Count % slices ? 1 : 0);
                List<Value> part = elements.GetRange(start, size);
                if (fill is not null && i >= elements.Count % slices)
                {
                    part.Add(fill);
                }

                start += size;
                yield return new ListValue(run, part);
            }
        }
    }

    private static ListValue GroupBy(Run run, Value input, Arguments arguments)
    {
        Bound bound = arguments.Bind(run, "groupby", ["attribute", "default", "case_sensitive"], 1);
        Func<Value, Value> key = Getter(run, bound[0], !bound.IsTrue(2), bound[1]), shown = Getter(run, bound[0], false, bound[1]);
        var groups = new List<Value>();
        List<Value> group = [];
        Value? groupKey = null;
        foreach (Value element in Sorting.By(run, Collect(run, input), key, reverse: false))
        {
            Value elementKey = key(element);
            if (groupKey is not null && !Operators.Same(run, groupKey, elementKey))
            {
                Close();
            }

            groupKey = elementKey;
            group.Add(element);
        }

        if (group.Count > 0)
        {
            Close();
        }

        return new ListValue(run, groups);

        void Close()
        {
            groups.Add(new ListValue(run, [shown(group[0]), new ListValue(run, group)], isTuple: true, ["grouper", "list"]));
            group = [];
        }
    }
}
