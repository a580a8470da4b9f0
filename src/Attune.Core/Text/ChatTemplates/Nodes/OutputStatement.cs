namespace Attune.Text.ChatTemplates;

/// <summary>Text and <c>{{ … }}</c>.</summary>
internal sealed class OutputStatement(int line, IReadOnlyList<Expression> parts) : Statement(line)
{
    public override Flow Execute(Run run, Scope scope)
    {
        foreach (Expression part in parts)
        {
            Value value = run.Evaluate(part, scope);
            run.Output.Append(run.Autoescape ? Html.Escape(run, value).Text : value.ToText(run));
        }

        return Flow.Next;
    }
}
