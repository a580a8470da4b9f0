namespace Attune.Text.ChatTemplates;

/// <summary><c>if</c>, <c>elif</c>, <c>else</c>. Its branches share the scope around it.</summary>
internal sealed class IfStatement(int line, IReadOnlyList<(Expression Test, IReadOnlyList<Statement> Body)> branches, IReadOnlyList<Statement> otherwise)
    : Statement(line)
{
    public override Flow Execute(Run run, Scope scope)
    {
        foreach (var (test, body) in branches)
        {
            if (run.Evaluate(test, scope).IsTrue)
            {
                return run.Execute(body, scope);
            }
        }

        return run.Execute(otherwise, scope);
    }
}
