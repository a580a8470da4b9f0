namespace Attune.Text.ChatTemplates;

/// <summary>True and False, which are the numbers 1 and 0 too.</summary>
internal sealed class BoolValue : Value
{
    public static readonly BoolValue True = new(true);

    public static readonly BoolValue False = new(false);

    private readonly bool value;

    private BoolValue(bool value) => this.value = value;

    public override string TypeName => "bool";

    public override bool IsTrue => value;

    public override bool EqualTo(Run run, Value other) => NumberValues.Equal(this, other);

    public override int Hash(Run run) => NumberValues.Hash(this);

    public override void WriteRepr(Run run, TracedBuilder to) => to.Append(value ? "True" : "False");
}
