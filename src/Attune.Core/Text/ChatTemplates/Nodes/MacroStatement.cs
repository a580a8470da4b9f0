namespace Attune.Text.ChatTemplates;

/// <summary><c>macro name(…)</c> … <c>endmacro</c>.</summary>
internal sealed class MacroStatement(int line, MacroDefinition definition) : Statement(line)
{
    public override Flow Execute(Run run, Scope scope)
    {
        scope.Set(definition.Name!, new MacroValue(definition, scope, run.Autoescape));
        return Flow.Next;
    }
}

/// <summary><c>call(…) macro(…)</c> … <c>endcall</c>: calls a macro that may call the block as <c>caller()</c>.</summary>
internal sealed class CallStatement(int line, CallExpression call, MacroDefinition block) : Statement(line)
{
    public override Flow Execute(Run run, Scope scope)
    {
        run.WriteText(call.Call(run, scope, new MacroValue(block, scope, run.Autoescape)));
        return Flow.Next;
    }
}
