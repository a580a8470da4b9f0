namespace Attune.Text.ChatTemplates;

/// <summary><c>generation</c> … <c>endgeneration</c>: marks what the model is trained to write.</summary>
internal sealed class GenerationStatement(int line, IReadOnlyList<Statement> body) : Statement(line)
{
    public override Flow Execute(Run run, Scope scope)
    {
        var inner = new Scope(scope);
        run.WriteGenerated(run.Capture(() => run.Execute(body, inner)).Text);
        return Flow.Next;
    }
}
