namespace Attune.Text.ChatTemplates;

/// <summary>Names and their values; what a scope does not hold is looked up in the one around it.</summary>
internal sealed class Scope(Scope? outer)
{
    private Dictionary<string, Value>? values;

    public Value? Find(string name)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope.values is not null && scope.values.TryGetValue(name, out Value? value))
            {
                return value;
            }
        }

        return null;
    }

    public void Set(string name, Value value) => (values ??= [])[name] = value;

    private Scope? Outer { get; } = outer;
}
