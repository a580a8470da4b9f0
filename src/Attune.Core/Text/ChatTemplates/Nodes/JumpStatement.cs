namespace Attune.Text.ChatTemplates;

/// <summary><c>break</c> or <c>continue</c>.</summary>
internal sealed class JumpStatement(int line, Flow flow) : Statement(line)
{
    public override Flow Execute(Run run, Scope scope) => flow;
}
