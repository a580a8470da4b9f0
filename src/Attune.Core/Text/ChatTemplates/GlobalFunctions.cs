using System.Numerics;

namespace Attune.Text.ChatTemplates;

/// <summary>The functions that every template has: Jinja2's, and the two that transformers adds.</summary>
internal static class GlobalFunctions
{
    public static void Define(Scope scope)
    {
        Define(scope, "range", Range);
        Define(scope, "dict", (run, arguments) => Dict(run, arguments));
        Define(scope, "namespace", (run, arguments) => new NamespaceValue(run, Dict(run, arguments)));
        Define(scope, "cycler", (run, arguments) => arguments.Positional.Count > 0 && arguments.Named.Count == 0
            ? new CyclerValue(arguments.Positional) : throw run.Fail("cycler needs at least one item"));
        Define(scope, "joiner", (run, arguments) => new JoinerValue(arguments.Bind(run, "joiner", ["sep"], 0)[0] ?? Value.Of(", ")));
        Define(scope, "lipsum", (run, _) => throw run.Fail("'lipsum' is refused: the same conversation must always give the same text"));
        Define(scope, "raise_exception", (run, arguments) => throw run.Raise(arguments.Bind(run, "raise_exception", ["message"], 1)[0]!.ToText(run).Value));
        Define(scope, "strftime_now", (run, arguments) =>
        {
            string format = arguments.Bind(run, "strftime_now", ["format"], 1).Text(0).String;
            run.Budget.Write(0, format.Length);
            return Value.Of(Strftime.Write(format, run.Clock.GetLocalNow().DateTime) ?? throw run.Fail($"'{format}' is not a format of a time"));
        });
    }

    private static void Define(Scope scope, string name, Func<Run, Arguments, Value> body) => scope.Set(name, new FunctionValue(name, body));

    private static Value Range(Run run, Arguments arguments)
    {
        Bound bound = arguments.Bind(run, "range", ["", "", ""], 1);
        BigInteger first = Whole(0);
        return bound[1] is null ? new RangeValue(run, 0, first, 1) : new RangeValue(run, first, Whole(1), bound[2] is null ? 1 : Whole(2));

        BigInteger Whole(int index) => NumberValues.Integer(bound[index]!)
            ?? throw run.FailOn(bound[index]!, $"range needs whole numbers (got '{bound[index]!.TypeName}')");
    }

    private static DictValue Dict(Run run, Arguments arguments)
    {
        var entries = new List<KeyValuePair<Value, Value>>();
        switch (arguments.Positional)
        {
            case []:
                break;
            case [DictValue dict]:
                entries.AddRange(dict.Entries);
                break;
            case [Value pairs]:
                foreach (Value pair in SequenceFilters.Elements(run, pairs))
                {
                    List<Value> parts = SequenceFilters.Collect(run, pair);
                    entries.Add(parts.Count == 2 ? new(parts[0], parts[1]) : throw run.Fail("dict needs pairs of a key and a value"));
                }

                break;
            default:
                throw run.Fail($"dict takes one argument by place ({arguments.Positional.Count} given)");
        }

        entries.AddRange(arguments.Named.Select(argument => new KeyValuePair<Value, Value>(Value.Of(argument.Key), argument.Value)));
        return new DictValue(run, entries);
    }
}
