namespace Attune.Text.ChatTemplates;

/// <summary>A value that stands in the template: a string, a number, true, false, none.</summary>
internal sealed class Literal(int line, Value value) : Expression(line)
{
    public override Value Evaluate(Run run, Scope scope) => value;
}

/// <summary>Text outside of tags: written as it is, also where everything else is escaped.</summary>
internal sealed class TextLiteral(int line, string text) : Expression(line)
{
    private readonly TextValue value = new(new TracedString(text), isMarkup: true);

    public override Value Evaluate(Run run, Scope scope) => value;
}

/// <summary>A variable.</summary>
internal sealed class NameExpression(int line, string name) : Expression(line)
{
    public string Name { get; } = name;

    public override Value Evaluate(Run run, Scope scope) => scope.Find(Name) ?? new UndefinedValue($"'{Name}' is undefined");
}

/// <summary><c>[a, b]</c> or <c>(a, b)</c>.</summary>
internal sealed class ListExpression(int line, IReadOnlyList<Expression> items, bool isTuple) : Expression(line, [.. items])
{
    public IReadOnlyList<Expression> Items { get; } = items;

    public bool IsTuple { get; } = isTuple;

    public override Value Evaluate(Run run, Scope scope)
    {
        var values = new Value[Items.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = run.Evaluate(Items[i], scope);
        }

        return new ListValue(run, values, IsTuple);
    }
}

/// <summary><c>{key: value}</c>.</summary>
internal sealed class DictExpression(int line, IReadOnlyList<KeyValuePair<Expression, Expression>> items)
    : Expression(line, [.. items.Select(item => item.Key), .. items.Select(item => item.Value)])
{
    public override Value Evaluate(Run run, Scope scope)
    {
        var entries = new List<KeyValuePair<Value, Value>>();
        foreach (var (key, value) in items)
        {
            entries.Add(new(run.Evaluate(key, scope), run.Evaluate(value, scope)));
        }

        return new DictValue(run, entries);
    }
}
