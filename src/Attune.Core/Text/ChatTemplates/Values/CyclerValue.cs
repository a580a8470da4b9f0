namespace Attune.Text.ChatTemplates;

/// <summary>What <c>cycler()</c> gives: its items over and over.</summary>
internal sealed class CyclerValue(IReadOnlyList<Value> items) : Value
{
    private int position;

    public override string TypeName => "Cycler";

    public override Value? Attribute(Run run, string name) => name switch
    {
        "current" => items[position],
        "next" => FunctionValue.Of(name, (_, _) => Next(), []),
        "reset" => FunctionValue.Of(name, (_, _) => Reset(), []),
        "pos" => Of(position),
        _ => null,
    };

    private Value Next()
    {
        Value current = items[position];
        position = (position + 1) % items.Count;
        return current;
    }

    private NoneValue Reset()
    {
        position = 0;
        return NoneValue.Instance;
    }
}
