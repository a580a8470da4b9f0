namespace Attune.Text.ChatTemplates;

/// <summary><c>autoescape true</c> … <c>endautoescape</c>.</summary>
internal sealed class AutoescapeStatement(int line, Expression escape, IReadOnlyList<Statement> body) : Statement(line)
{
    public override Flow Execute(Run run, Scope scope)
    {
        bool outer = run.Autoescape;
        var inner = new Scope(scope);
        run.Autoescape = run.Evaluate(escape, inner).IsTrue;
        Flow flow = run.Execute(body, inner);
        run.Autoescape = outer;
        return flow;
    }
}
