namespace Attune.Text.ChatTemplates;

/// <summary>The arguments of a call as they stand in the template: <c>(a, name=b, *list, **dict)</c>.</summary>
internal sealed record CallArguments(
    IReadOnlyList<Expression> Positional, IReadOnlyList<KeyValuePair<string, Expression>> Named, Expression? Spread, Expression? SpreadNamed)
{
    public static readonly CallArguments None = new([], [], null, null);

    public IEnumerable<Expression?> Parts => [.. Positional, .. Named.Select(argument => argument.Value), Spread, SpreadNamed];

    public Arguments Evaluate(Run run, Scope scope, Value? caller = null)
    {
        var positional = new List<Value>();
        foreach (Expression argument in Positional)
        {
            positional.Add(run.Evaluate(argument, scope));
        }

        var named = new List<KeyValuePair<string, Value>>();
        foreach (var (name, argument) in Named)
        {
            Add(run, named, name, run.Evaluate(argument, scope));
        }

        if (caller is not null)
        {
            Add(run, named, "caller", caller);
        }

        if (Spread is not null)
        {
            Value list = run.Evaluate(Spread, scope);
            foreach (Value element in list.Elements(run) ?? throw run.Fail($"'*' needs a list (got '{list.TypeName}')"))
            {
                run.Budget.Step();
                positional.Add(element);
            }
        }

        if (SpreadNamed is not null)
        {
            Value dict = run.Evaluate(SpreadNamed, scope);
            foreach (var (key, value) in (dict as DictValue)?.Entries ?? throw run.FailOn(dict, $"'**' needs a dict (got '{dict.TypeName}')"))
            {
                Add(run, named, key is TextValue name ? name.String : throw run.Fail("names of arguments must be strings"), value);
            }
        }

        return new Arguments(positional, named);
    }

    private static void Add(Run run, List<KeyValuePair<string, Value>> named, string name, Value value)
    {
        run.Budget.Step(1 + named.Count);
        if (named.Any(argument => argument.Key == name))
        {
            throw run.Fail($"the argument '{name}' is given twice");
        }

        named.Add(new(name, value));
    }
}

/// <summary><c>f(a)</c>.</summary>
internal sealed class CallExpression(int line, Expression function, CallArguments arguments) : Expression(line, [function, .. arguments.Parts])
{
    public override Value Evaluate(Run run, Scope scope) => Call(run, scope, null);

    /// <summary>Calls with what a <c>call</c> block passes along.</summary>
    public Value Call(Run run, Scope scope, Value? caller)
    {
        Value called = run.Evaluate(function, scope);
        return called.Call(run, arguments.Evaluate(run, scope, caller));
    }
}

/// <summary><c>a | filter(b)</c>. Without <c>a</c> it is a filter that waits for its text.</summary>
internal sealed class FilterExpression(int line, Expression? input, string name, CallArguments arguments) : Expression(line, [input, .. arguments.Parts])
{
    private readonly Filter? filter = FilterTable.Find(name);

    public bool IsKnown => filter is not null;

    public string Name => name;

    public override Value Evaluate(Run run, Scope scope) => Apply(run, scope, null);

    /// <summary>Applies the chain of filters, whose first one takes this text.</summary>
    public Value Apply(Run run, Scope scope, Value? text)
    {
        Value value = input is null ? text! : input is FilterExpression inner && text is not null ? inner.Apply(run, scope, text) : run.Evaluate(input, scope);
        Filter apply = filter ?? throw run.Fail($"there is no filter '{name}'");
        return apply(run, value, arguments.Evaluate(run, scope));
    }
}

/// <summary><c>a is test(b)</c>.</summary>
internal sealed class TestExpression(int line, Expression input, string name, CallArguments arguments) : Expression(line, [input, .. arguments.Parts])
{
    private readonly Test? test = TestTable.Find(name);

    public bool IsKnown => test is not null;

    public string Name => name;

    public override Value Evaluate(Run run, Scope scope)
    {
        Value value = run.Evaluate(input, scope);
        Test apply = test ?? throw run.Fail($"there is no test '{name}'");
        return Value.Of(apply(run, value, arguments.Evaluate(run, scope)));
    }
}
