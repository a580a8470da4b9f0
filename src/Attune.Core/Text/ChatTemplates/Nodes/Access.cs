namespace Attune.Text.ChatTemplates;

/// <summary><c>a.name</c>: an attribute or method, else the element of that name.</summary>
internal sealed class AttributeExpression(int line, Expression target, string name) : Expression(line, target)
{
    public override Value Evaluate(Run run, Scope scope) => Access.Attribute(run, run.Evaluate(target, scope), name);
}

/// <summary><c>a[key]</c>: an element, else the attribute of that name.</summary>
internal sealed class ItemExpression(int line, Expression target, Expression key) : Expression(line, target, key)
{
    public override Value Evaluate(Run run, Scope scope) => Access.Item(run, run.Evaluate(target, scope), run.Evaluate(key, scope));
}

/// <summary><c>a[start:stop:step]</c>.</summary>
internal sealed class SliceExpression(int line, Expression target, Expression? start, Expression? stop, Expression? step)
    : Expression(line, target, start, stop, step)
{
    public override Value Evaluate(Run run, Scope scope)
    {
        Value sliced = run.Evaluate(target, scope);
        return sliced.Part(run, new SliceBounds(Bound(run, scope, start), Bound(run, scope, stop), Bound(run, scope, step)));
    }

    private static Value? Bound(Run run, Scope scope, Expression? bound) => bound is null ? null : run.Evaluate(bound, scope);
}

/// <summary>How values are asked for attributes and elements. Names of Python's inner workings lead nowhere.</summary>
internal static class Access
{
    public static Value Attribute(Run run, Value target, string name)
    {
        if (target is UndefinedValue undefined)
        {
            throw run.Fail(undefined.Problem);
        }

        return Named(run, target, name) ?? target.Item(run, Value.Of(name)) ?? Missing(target, name);
    }

    public static Value Item(Run run, Value target, Value key)
    {
        if (target is UndefinedValue undefined)
        {
            throw run.Fail(undefined.Problem);
        }

        return target.Item(run, key) ?? (key is TextValue name ? Named(run, target, name.String) : null)
            ?? Missing(target, key is TextValue text ? text.String : key.TypeName);
    }

    /// <summary>The attribute alone, without falling back on an element.</summary>
    public static Value? Named(Run run, Value target, string name) =>
        name.StartsWith("__", StringComparison.Ordinal) && name.EndsWith("__", StringComparison.Ordinal)
            ? new UndefinedValue($"'{target.TypeName}' does not give access to '{name}'")
            : target.Attribute(run, name);

    private static UndefinedValue Missing(Value target, string name) => new($"'{target.TypeName}' has no attribute or element '{name}'");
}
