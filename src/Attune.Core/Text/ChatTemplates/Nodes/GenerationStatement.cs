namespace Attune.Text.ChatTemplates;

/// <summary><c>generation</c> … <c>endgeneration</c>: marks what the model is trained to write. For Jinja2 its body is a macro without parameters.</summary>
internal sealed class GenerationStatement(int line, MacroDefinition body) : Statement(line)
{
    public override Flow Execute(Run run, Scope scope)
    {
        run.WriteGenerated(body.Invoke(run, scope, run.Autoescape, Arguments.None).Text);
        return Flow.Next;
    }
}
