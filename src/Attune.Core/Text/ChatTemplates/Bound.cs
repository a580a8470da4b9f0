using System.Numerics;

namespace Attune.Text.ChatTemplates;

/// <summary>A call's arguments laid out by parameter, read as the kind that the function wants.</summary>
internal readonly struct Bound(Run run, string function, Value?[] values)
{
    public Value? this[int index] => values[index];

    public bool Has(int index) => values[index] is not (null or NoneValue);

    public bool IsTrue(int index) => values[index]?.IsTrue ?? false;

    /// <summary>A string; anything else is refused.</summary>
    public TextValue Text(int index) => values[index] as TextValue ?? throw Refuse(index, "a string");

    /// <summary>A string, or null where the argument is absent or None.</summary>
    public TextValue? TextOrNull(int index) => Has(index) ? Text(index) : null;

    /// <summary>A whole number; anything else is refused. Held to 32 bits, which is more than any budget allows.</summary>
    public int Integer(int index, int absent = 0)
    {
        if (values[index] is null)
        {
            return absent;
        }

        BigInteger number = NumberValues.Integer(values[index]!) ?? throw Refuse(index, "a whole number");
        return (int)BigInteger.Max(int.MinValue, BigInteger.Min(int.MaxValue, number));
    }

    private TemplateException Refuse(int index, string wanted) =>
        run.FailOn(values[index] ?? NoneValue.Instance, $"{function}() needs {wanted} as argument {index + 1} (got {values[index]?.TypeName ?? "nothing"})");
}
