namespace Attune.Text.ChatTemplates;

/// <summary><c>include</c>, <c>import</c>, <c>from</c>, <c>extends</c>: a chat template may not read other files.</summary>
internal sealed class RefusedStatement(int line, string tag) : Statement(line)
{
    public override Flow Execute(Run run, Scope scope) => throw run.Fail($"a chat template may not read other files ('{tag}')");
}
