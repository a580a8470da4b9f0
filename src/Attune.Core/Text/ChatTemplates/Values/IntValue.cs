using System.Globalization;
using System.Numerics;

namespace Attune.Text.ChatTemplates;

/// <summary>A whole number of any size that <see cref="Limits.NumberDigits"/> allows.</summary>
internal sealed class IntValue(BigInteger value) : Value
{
    public BigInteger Number { get; } = value;

    public override string TypeName => "int";

    public override bool IsTrue => !Number.IsZero;

    public override Value? Attribute(Run run, string name) => name switch
    {
        "real" or "numerator" => this,
        "imag" => Of(0),
        "denominator" => Of(1),
        "bit_length" => FunctionValue.Of(name, (_, _) => Of((long)BigInteger.Abs(Number).GetBitLength()), []),
        _ => null,
    };

    public override bool EqualTo(Run run, Value other) => NumberValues.Equal(this, other);

    public override int Hash(Run run) => NumberValues.Hash(this);

    public override void WriteRepr(Run run, TracedBuilder to) => to.Append(Number.ToString(CultureInfo.InvariantCulture));
}
