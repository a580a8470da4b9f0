namespace Attune.Text.ChatTemplates;

/// <summary><c>with a = b</c> … <c>endwith</c>; values are evaluated outside of the new scope.</summary>
internal sealed class WithStatement(int line, IReadOnlyList<(Target Target, Expression Value)> assignments, IReadOnlyList<Statement> body) : Statement(line)
{
    public override Flow Execute(Run run, Scope scope)
    {
        var inner = new Scope(scope);
        foreach (var (target, value) in assignments)
        {
            target.Assign(run, inner, run.Evaluate(value, scope));
        }

        return run.Execute(body, inner);
    }
}
