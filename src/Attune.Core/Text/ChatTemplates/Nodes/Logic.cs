namespace Attune.Text.ChatTemplates;

/// <summary><c>a and b</c>, <c>a or b</c>: one of the two values, the second evaluated only where it decides.</summary>
internal sealed class ShortCircuit(int line, Expression left, Expression right, bool isAnd) : Expression(line, left, right)
{
    public override Value Evaluate(Run run, Scope scope)
    {
        Value first = run.Evaluate(left, scope);
        return first.IsTrue == isAnd ? run.Evaluate(right, scope) : first;
    }
}

/// <summary><c>not a</c>.</summary>
internal sealed class NotExpression(int line, Expression operand) : Expression(line, operand)
{
    public override Value Evaluate(Run run, Scope scope) => Value.Of(!run.Evaluate(operand, scope).IsTrue);
}

/// <summary><c>a if test else b</c>; without the else: undefined.</summary>
internal sealed class Conditional(int line, Expression test, Expression then, Expression? otherwise) : Expression(line, test, then, otherwise)
{
    public override Value Evaluate(Run run, Scope scope) =>
        run.Evaluate(test, scope).IsTrue ? run.Evaluate(then, scope)
        : otherwise is not null ? run.Evaluate(otherwise, scope)
        : new UndefinedValue("the inline if is false and has no else");
}

/// <summary><c>a &lt; b &lt;= c</c>: all of the comparisons hold, each operand evaluated once.</summary>
internal sealed class Comparison(int line, Expression first, IReadOnlyList<(string Sign, Expression Operand)> rest)
    : Expression(line, [first, .. rest.Select(part => part.Operand)])
{
    public override Value Evaluate(Run run, Scope scope)
    {
        Value left = run.Evaluate(first, scope);
        foreach (var (sign, operand) in rest)
        {
            Value right = run.Evaluate(operand, scope);
            if (!Holds(run, sign, left, right))
            {
                return BoolValue.False;
            }

            left = right;
        }

        return BoolValue.True;
    }

    public static bool Holds(Run run, string sign, Value left, Value right) => sign switch
    {
        "==" => left.EqualTo(run, right),
        "!=" => !left.EqualTo(run, right),
        "<" => Operators.Compare(run, left, right) < 0,
        "<=" => Operators.Compare(run, left, right) <= 0,
        ">" => Operators.Compare(run, left, right) > 0,
        ">=" => Operators.Compare(run, left, right) >= 0,
        "in" => Operators.Contains(run, right, left),
        _ => !Operators.Contains(run, right, left),
    };
}
