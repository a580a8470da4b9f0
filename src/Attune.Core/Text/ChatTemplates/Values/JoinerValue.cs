namespace Attune.Text.ChatTemplates;

/// <summary>What <c>joiner()</c> gives: nothing at its first call, the separator from then on.</summary>
internal sealed class JoinerValue(Value separator) : Value
{
    private bool used;

    public override string TypeName => "Joiner";

    public override bool IsCallable => true;

    public override Value Call(Run run, Arguments arguments)
    {
        arguments.Bind(run, "joiner", [], 0);
        Value result = used ? separator : Of("");
        used = true;
        return result;
    }
}
