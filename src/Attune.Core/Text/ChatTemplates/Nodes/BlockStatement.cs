namespace Attune.Text.ChatTemplates;

/// <summary><c>block name</c> … <c>endblock</c>: rendered where it stands and again by <c>self.name()</c>. Sees the outermost names only, unless scoped.</summary>
internal sealed class BlockStatement(int line, string name, bool scoped, bool required) : Statement(line)
{
    public string Name { get; } = name;

    public IReadOnlyList<Statement> Body { get; set; } = [];

    public override Flow Execute(Run run, Scope scope)
    {
        if (required)
        {
            throw run.Fail($"the required block '{Name}' is not there");
        }

        run.Execute(Body, new Scope(scoped ? scope : run.Top));
        return Flow.Next;
    }

    public Value Render(Run run) => run.Captured(run.Capture(() => run.Execute(Body, new Scope(run.Top))).Text);
}
