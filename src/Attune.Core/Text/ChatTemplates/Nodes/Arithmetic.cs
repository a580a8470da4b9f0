namespace Attune.Text.ChatTemplates;

/// <summary><c>a + b</c> and its like.</summary>
internal sealed class BinaryExpression(int line, Expression left, Expression right, Func<Run, Value, Value, Value> operation) : Expression(line, left, right)
{
    public override Value Evaluate(Run run, Scope scope) => operation(run, run.Evaluate(left, scope), run.Evaluate(right, scope));
}

/// <summary><c>-a</c>, <c>+a</c>.</summary>
internal sealed class UnaryExpression(int line, Expression operand, Func<Run, Value, Value> operation) : Expression(line, operand)
{
    public override Value Evaluate(Run run, Scope scope) => operation(run, run.Evaluate(operand, scope));
}

/// <summary><c>a ~ b ~ c</c>: the texts of all of them, joined.</summary>
internal sealed class Concatenation(int line, IReadOnlyList<Expression> parts) : Expression(line, [.. parts])
{
    public override Value Evaluate(Run run, Scope scope)
    {
        var values = new Value[parts.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = run.Evaluate(parts[i], scope);
        }

        bool markup = run.Autoescape && values.Any(value => value is TextValue { IsMarkup: true });
        var text = new TracedBuilder(run.Budget);
        foreach (Value value in values)
        {
            text.Append(markup ? Html.Escape(run, value).Text : value.ToText(run));
        }

        return new TextValue(text.Build(), markup);
    }
}
