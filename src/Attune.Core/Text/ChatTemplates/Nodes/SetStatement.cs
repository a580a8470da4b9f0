namespace Attune.Text.ChatTemplates;

/// <summary><c>set a = b</c>.</summary>
internal sealed class SetStatement(int line, Target target, Expression value) : Statement(line)
{
    public override Flow Execute(Run run, Scope scope)
    {
        target.Assign(run, scope, run.Evaluate(value, scope));
        return Flow.Next;
    }
}

/// <summary><c>set a | filter</c> … <c>endset</c>: what stands between becomes the value.</summary>
internal sealed class SetBlockStatement(int line, Target target, FilterExpression? filter, IReadOnlyList<Statement> body) : Statement(line)
{
    public override Flow Execute(Run run, Scope scope)
    {
        var inner = new Scope(scope);
        (TracedString text, Flow flow) = run.Capture(() => run.Execute(body, inner));
        if (flow == Flow.Next)
        {
            Value value = run.Captured(text);
            value = filter?.Apply(run, inner, value) ?? value;
            target.Assign(run, scope, run.Autoescape ? new TextValue(value.ToText(run), isMarkup: true) : value);
        }

        return flow;
    }
}
