using System.Collections.Frozen;

namespace Attune.Text.ChatTemplates;

/// <summary>A test: what stands behind <c>is</c>.</summary>
internal delegate bool Test(Run run, Value value, Arguments arguments);

/// <summary>All tests by name.</summary>
internal static class TestTable
{
    private static readonly FrozenDictionary<string, Test> Tests = new Dictionary<string, Test>
    {
        ["defined"] = Plain(value => value is not UndefinedValue),
        ["undefined"] = Plain(value => value is UndefinedValue),
        ["none"] = Plain(value => value is NoneValue),
        ["boolean"] = Plain(value => value is BoolValue),
        ["true"] = Plain(value => ReferenceEquals(value, BoolValue.True)),
        ["false"] = Plain(value => ReferenceEquals(value, BoolValue.False)),
        ["integer"] = Plain(value => value is IntValue),
        ["float"] = Plain(value => value is FloatValue),
        ["number"] = Plain(NumberValues.IsNumber),
        ["string"] = Plain(value => value is TextValue),
        ["mapping"] = Plain(value => value is DictValue),
        ["sequence"] = Plain(value => value is { IsSequence: true, Length: not null }),
        ["iterable"] = (run, value, arguments) => None(run, "iterable", arguments) && (value is IteratorValue or LoopValue || value.Elements(run) is not null),
        ["callable"] = Plain(value => value.IsCallable),
        ["escaped"] = Plain(value => value is TextValue { IsMarkup: true }),
        ["lower"] = (run, value, arguments) => None(run, "lower", arguments) && TextMethods.IsCase(value.ToText(run).Value, upper: false),
        ["upper"] = (run, value, arguments) => None(run, "upper", arguments) && TextMethods.IsCase(value.ToText(run).Value, upper: true),
        ["filter"] = (run, value, arguments) => None(run, "filter", arguments) && value is TextValue name && FilterTable.Find(name.String) is not null,
        ["test"] = (run, value, arguments) => None(run, "test", arguments) && value is TextValue name && Find(name.String) is not null,
        ["odd"] = (run, value, arguments) => None(run, "odd", arguments) && Remainder(run, value, 2) == 1,
        ["even"] = (run, value, arguments) => None(run, "even", arguments) && Remainder(run, value, 2) == 0,
        ["divisibleby"] = (run, value, arguments) =>
            !Operators.Modulo(run, value, arguments.Bind(run, "divisibleby", ["num"], 1)[0]!).IsTrue,
        ["sameas"] = (run, value, arguments) => IsSame(value, arguments.Bind(run, "sameas", ["other"], 1)[0]!),
        ["in"] = (run, value, arguments) => Operators.Contains(run, arguments.Bind(run, "in", ["seq"], 1)[0]!, value),
        ["=="] = Compare("=="),
        ["eq"] = Compare("=="),
        ["equalto"] = Compare("=="),
        ["!="] = Compare("!="),
        ["ne"] = Compare("!="),
        [">"] = Compare(">"),
        ["gt"] = Compare(">"),
        ["greaterthan"] = Compare(">"),
        [">="] = Compare(">="),
        ["ge"] = Compare(">="),
        ["<"] = Compare("<"),
        ["lt"] = Compare("<"),
        ["lessthan"] = Compare("<"),
        ["<="] = Compare("<="),
        ["le"] = Compare("<="),
    }.ToFrozenDictionary();

    public static Test? Find(string name) => Tests.GetValueOrDefault(name);

    private static Test Plain(Func<Value, bool> test) => (run, value, arguments) => None(run, "this test", arguments) && test(value);

    private static Test Compare(string sign) => (run, value, arguments) => Comparison.Holds(run, sign, value, arguments.Bind(run, sign, [""], 1)[0]!);

    private static bool None(Run run, string name, Arguments arguments)
    {
        arguments.Bind(run, name, [], 0);
        return true;
    }

    private static double Remainder(Run run, Value value, int divisor)
    {
        Value rest = value is TextValue ? throw run.Fail("a string is neither odd nor even") : Operators.Modulo(run, value, Value.Of(divisor));
        return NumberValues.Float(rest)!.Value;
    }

    // Identity in Python: its small integers are one object each.
    private static bool IsSame(Value left, Value right) => ReferenceEquals(left, right)
        || (left is IntValue a && right is IntValue b && a.Number == b.Number && a.Number >= -5 && a.Number <= 256);
}
