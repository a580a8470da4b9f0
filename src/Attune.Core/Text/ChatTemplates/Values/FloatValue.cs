namespace Attune.Text.ChatTemplates;

/// <summary>A floating-point number.</summary>
internal sealed class FloatValue(double value) : Value
{
    public double Number { get; } = value;

    public override string TypeName => "float";

    public override bool IsTrue => Number != 0;

    public override Value? Attribute(Run run, string name) => name switch
    {
        "real" => this,
        "imag" => new FloatValue(0),
        "is_integer" => FunctionValue.Of(name, (_, _) => Of(double.IsInteger(Number)), []),
        _ => null,
    };

    public override bool EqualTo(Run run, Value other) => NumberValues.Equal(this, other);

    public override int Hash(Run run) => NumberValues.Hash(this);

    public override void WriteRepr(Run run, TracedBuilder to) => to.Append(Numbers.Repr(Number));
}
