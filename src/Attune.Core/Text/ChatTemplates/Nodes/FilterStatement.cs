namespace Attune.Text.ChatTemplates;

/// <summary><c>filter upper</c> … <c>endfilter</c>.</summary>
internal sealed class FilterStatement(int line, FilterExpression filter, IReadOnlyList<Statement> body) : Statement(line)
{
    public override Flow Execute(Run run, Scope scope)
    {
        var inner = new Scope(scope);
        (TracedString text, Flow flow) = run.Capture(() => run.Execute(body, inner));
        if (flow == Flow.Next)
        {
            run.WriteText(filter.Apply(run, inner, run.Captured(text)));
        }

        return flow;
    }
}
