namespace Attune.Text.ChatTemplates;

/// <summary>Python's equality of keys: 1, 1.0 and True are one.</summary>
internal sealed class ValueComparer(Run run) : IEqualityComparer<Value>
{
    public bool Equals(Value? x, Value? y) => x is not null && y is not null && Operators.Same(run, x, y);

    public int GetHashCode(Value obj) => obj.Hash(run);
}
