using System.Runtime.CompilerServices;

namespace Attune.Text.ChatTemplates;

/// <summary>One rendering: what it may still spend, where it writes, and where in the template it is.</summary>
internal sealed class Run
{
    private readonly string place;
    private readonly List<TextRange> generation = [];
    private readonly TracedBuilder root;
    private int depth;

    public Run(string place, long inputValues, long inputCharacters, TimeProvider clock)
    {
        this.place = place;
        Budget = new Budget(inputValues, inputCharacters, problem => Fail(problem));
        Comparer = new ValueComparer(this);
        Clock = clock;
        root = new TracedBuilder(Budget);
        Output = root;
        Top = new Scope(null);
    }

    public Budget Budget { get; }

    public ValueComparer Comparer { get; }

    public TimeProvider Clock { get; }

    /// <summary>Where text goes: the output, or what a macro or a captured block collects.</summary>
    public TracedBuilder Output { get; private set; }

    /// <summary>The template's outermost scope, which its blocks see.</summary>
    public Scope Top { get; set; }

    /// <summary>Whether what is written is escaped for HTML.</summary>
    public bool Autoescape { get; set; }

    /// <summary>The line of the template that is being evaluated.</summary>
    public int Line { get; private set; }

    public Value Evaluate(Expression expression, Scope scope)
    {
        Enter(expression.Line);
        Value value = expression.Evaluate(this, scope);
        depth--;
        return value;
    }

    public Flow Execute(Statement statement, Scope scope)
    {
        Enter(statement.Line);
        Flow flow = statement.Execute(this, scope);
        depth--;
        return flow;
    }

    public Flow Execute(IReadOnlyList<Statement> body, Scope scope)
    {
        foreach (Statement statement in body)
        {
            Flow flow = Execute(statement, scope);
            if (flow != Flow.Next)
            {
                return flow;
            }
        }

        return Flow.Next;
    }

    /// <summary>What the body writes, caught instead of written, and how it ended.</summary>
    public (TracedString Text, Flow Flow) Capture(Func<Flow> body)
    {
        TracedBuilder outer = Output;
        Output = new TracedBuilder(Budget);
        Flow flow = body();
        TracedString text = Output.Build();
        Output = outer;
        return (text, flow);
    }

    /// <summary>A string of the template's making, as markup where everything is escaped.</summary>
    public TextValue Captured(TracedString text) => new(text, Autoescape);

    /// <summary>Writes what a block's filter or call made, which must be a text.</summary>
    public void WriteText(Value value) =>
        Output.Append((value as TextValue ?? throw FailOn(value, $"a block must make a string (got '{value.TypeName}')")).Text);

    /// <summary>Writes what a generation block made, and remembers where it stands.</summary>
    public void WriteGenerated(TracedString text)
    {
        if (Output == root)
        {
            generation.Add(new TextRange(root.Length, root.Length + text.Length));
            root.Append(text);
            return;
        }

        foreach (var (start, end, origin) in Stretches.Cover(text))
        {
            Output.Append(text.Value.AsSpan(start, end - start), origin | Origin.Generated);
        }
    }

    public void WriteRepr(Value value, TracedBuilder to)
    {
        Enter(Line);
        value.WriteRepr(this, to);
        depth--;
    }

    public RenderedChat Finish()
    {
        TracedString text = root.Build();
        var spans = new List<TextRange>(generation);
        foreach (TextRange range in Stretches.With(text, Origin.Generated))
        {
            if (!generation.Any(span => span.Start <= range.Start && range.End <= span.End))
            {
                spans.Add(range);
            }
        }

        return new RenderedChat(text.Value, [.. spans.OrderBy(span => span.End)], Stretches.With(text, Origin.Data));
    }

    public TemplateException Fail(string problem) => new($"{place}:{Line}", problem);

    public TemplateException Raise(string problem) => new($"{place}:{Line}", problem, raisedByTemplate: true);

    /// <summary>The failure of an operation on this value: where it is undefined, that is the reason.</summary>
    public TemplateException FailOn(Value value, string problem) => Fail(value is UndefinedValue undefined ? undefined.Problem : problem);

    private void Enter(int line)
    {
        Line = line;
        Budget.Step();
        if (++depth > Limits.CallDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Fail("the template calls itself, or nests what it evaluates, too deep");
        }
    }
}
