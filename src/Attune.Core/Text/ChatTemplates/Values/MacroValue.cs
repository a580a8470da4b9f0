namespace Attune.Text.ChatTemplates;

/// <summary>A macro, or the body of a <c>call</c> block, together with the scope in which it was defined.</summary>
internal sealed class MacroValue(MacroDefinition definition, Scope scope, bool autoescape) : Value
{
    public override string TypeName => "Macro";

    public override bool IsCallable => true;

    public override Value? Attribute(Run run, string name) => name switch
    {
        "name" => definition.Name is null ? NoneValue.Instance : Of(definition.Name),
        "arguments" => new ListValue(run, [.. definition.Parameters.Select(parameter => Of(parameter.Name))], isTuple: true),
        _ => null,
    };

    public override Value Call(Run run, Arguments arguments) => definition.Invoke(run, scope, autoescape, arguments);

    public override void WriteRepr(Run run, TracedBuilder to) => to.Append(definition.Name is null ? "<Macro anonymous>" : $"<Macro '{definition.Name}'>");
}
