namespace Attune.Text.ChatTemplates;

/// <summary>A macro's parameters and body, and which of the special names its body uses: a name that it does not use takes no arguments.</summary>
internal sealed class MacroDefinition
{
    public string? Name { get; init; }

    public IReadOnlyList<(string Name, Expression? Default)> Parameters { get; init; } = [];

    public IReadOnlyList<Statement> Body { get; init; } = [];

    public bool UsesCaller { get; init; }

    public bool UsesVarargs { get; init; }

    public bool UsesKwargs { get; init; }

    public TextValue Invoke(Run run, Scope outer, bool autoescape, Arguments arguments)
    {
        var scope = new Scope(outer);
        List<KeyValuePair<string, Value>> named = [.. arguments.Named];
        bool explicitCaller = Bind(run, scope, arguments, named);
        if (UsesCaller && !explicitCaller)
        {
            Value? caller = Take(named, "caller");
            scope.Set("caller", caller is null or NoneValue ? new UndefinedValue("no caller was defined") : caller);
        }

        if (UsesKwargs)
        {
            scope.Set("kwargs", new DictValue(run, named.Select(argument => new KeyValuePair<Value, Value>(Value.Of(argument.Key), argument.Value))));
        }
        else if (named.Count > 0)
        {
            throw run.Fail($"the macro '{Name}' takes no argument '{named[0].Key}'");
        }

        if (UsesVarargs)
        {
            scope.Set("varargs", new ListValue(run, [.. arguments.Positional.Skip(Parameters.Count)], isTuple: true));
        }
        else if (arguments.Positional.Count > Parameters.Count)
        {
            throw run.Fail($"the macro '{Name}' takes {Parameters.Count} arguments ({arguments.Positional.Count} given)");
        }

        bool escapeOutside = run.Autoescape;
        run.Autoescape = autoescape;
        TracedString text = run.Capture(() => run.Execute(Body, scope)).Text;
        run.Autoescape = escapeOutside;
        return run.Captured(text);
    }

    // Whether one of the parameters is the caller.
    private bool Bind(Run run, Scope scope, Arguments arguments, List<KeyValuePair<string, Value>> named)
    {
        bool caller = false;
        var absent = new List<(string Name, Expression? Default)>();
        for (int i = 0; i < Parameters.Count; i++)
        {
            var (name, _) = Parameters[i];
            caller |= name == "caller";
            Value? value = i < arguments.Positional.Count ? arguments.Positional[i] : Take(named, name);
            if (value is null)
            {
                absent.Add(Parameters[i]);
            }
            else
            {
                scope.Set(name, value);
            }
        }

        foreach (var (name, fallback) in absent)
        {
            scope.Set(name, fallback is null ? new UndefinedValue($"parameter '{name}' was not provided") : run.Evaluate(fallback, scope));
        }

        return caller;
    }

    private static Value? Take(List<KeyValuePair<string, Value>> named, string name)
    {
        int place = named.FindIndex(argument => argument.Key == name);
        if (place < 0)
        {
            return null;
        }

        Value value = named[place].Value;
        named.RemoveAt(place);
        return value;
    }
}
