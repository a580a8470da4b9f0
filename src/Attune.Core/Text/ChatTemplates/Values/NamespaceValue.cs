namespace Attune.Text.ChatTemplates;

/// <summary>What <c>namespace()</c> gives: the one value whose attributes can be set.</summary>
internal sealed class NamespaceValue : Value
{
    private readonly Dictionary<string, Value> attributes = [];

    public NamespaceValue(Run run, DictValue start)
    {
        foreach (var (key, value) in start.Entries)
        {
            Set(run, key is TextValue name ? name.String : throw run.Fail("a namespace's attributes must have names"), value);
        }
    }

    public override string TypeName => "Namespace";

    public void Set(Run run, string name, Value value)
    {
        if (name.StartsWith('_'))
        {
            throw run.Fail($"a namespace takes no attribute that begins with an underscore ('{name}')");
        }

        attributes[name] = value;
    }

    public override Value? Attribute(Run run, string name) => attributes.GetValueOrDefault(name);

    public override void WriteRepr(Run run, TracedBuilder to)
    {
        to.Append("<Namespace ");
        run.WriteRepr(new DictValue(run, attributes.Select(entry => new KeyValuePair<Value, Value>(Of(entry.Key), entry.Value))), to);
        to.Append(">");
    }
}
