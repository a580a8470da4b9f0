namespace Attune.Text.ChatTemplates;

/// <summary>The variable <c>self</c>: the template's blocks, to be rendered again by calling them.</summary>
internal sealed class BlocksValue(IReadOnlyDictionary<string, BlockStatement> blocks) : Value
{
    public override string TypeName => "TemplateReference";

    public override Value? Item(Run run, Value key) => key is TextValue name && blocks.TryGetValue(name.String, out BlockStatement? block)
        ? FunctionValue.Of(name.String, (caller, _) => block.Render(caller), []) : null;
}
