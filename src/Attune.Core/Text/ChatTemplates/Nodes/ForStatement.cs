namespace Attune.Text.ChatTemplates;

/// <summary><c>for … in … if … recursive</c>, <c>else</c>. Every turn has a scope of its own.</summary>
internal sealed class ForStatement(int line, Target target, Expression iterable, Expression? test, bool recursive,
    IReadOnlyList<Statement> body, IReadOnlyList<Statement> otherwise) : Statement(line)
{
    public override Flow Execute(Run run, Scope scope)
    {
        Value source = run.Evaluate(iterable, scope);
        if (!recursive)
        {
            return Walk(run, scope, source, 0, null);
        }

        run.Output.Append(((TextValue)Render(source, 0)).Text);
        return Flow.Next;

        Value Render(Value values, int depth) => run.Captured(run.Capture(() => Walk(run, scope, values, depth, Nested)).Text);

        // A loop that calls itself passes through no node of its own: it must be counted as one.
        Value Nested(Value values, int depth) => depth < Limits.ValueDepth ? Render(values, depth) : throw run.Budget.NestedTooDeep("a recursive loop");
    }

    private Flow Walk(Run run, Scope scope, Value source, int depth, Func<Value, int, Value>? recurse)
    {
        IEnumerable<Value> elements = source.Elements(run) ?? throw run.Fail($"'{source.TypeName}' cannot be iterated");
        var loop = new LoopValue(run, source, test is null ? elements : Chosen(run, scope, elements), test is null, depth, recurse);
        bool finishedOne = false;
        while (loop.Next() is Value element)
        {
            run.Budget.Step(2);
            var turn = new Scope(scope);
            turn.Set("loop", loop);
            target.Assign(run, turn, element);
            Flow flow = run.Execute(body, turn);
            if (flow == Flow.Break)
            {
                break;
            }

            finishedOne |= flow == Flow.Next;
        }

        // As in Jinja2, the else runs where no turn came to its end, even if one began.
        return finishedOne ? Flow.Next : run.Execute(otherwise, scope);
    }

    private IEnumerable<Value> Chosen(Run run, Scope scope, IEnumerable<Value> elements)
    {
        foreach (Value element in elements)
        {
            run.Budget.Step();
            var turn = new Scope(scope);
            target.Assign(run, turn, element);
            if (run.Evaluate(test!, turn).IsTrue)
            {
                yield return element;
            }
        }
    }
}
