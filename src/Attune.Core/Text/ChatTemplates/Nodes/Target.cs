namespace Attune.Text.ChatTemplates;

/// <summary>What a value is assigned to.</summary>
internal abstract class Target
{
    public abstract void Assign(Run run, Scope scope, Value value);
}

/// <summary>A variable.</summary>
internal sealed class NameTarget(string name) : Target
{
    public override void Assign(Run run, Scope scope, Value value) => scope.Set(name, value);
}

/// <summary>An attribute of a namespace.</summary>
internal sealed class NamespaceTarget(string name, string attribute) : Target
{
    public override void Assign(Run run, Scope scope, Value value) =>
        (scope.Find(name) as NamespaceValue ?? throw run.Fail($"'{name}' is not a namespace: its attributes cannot be set")).Set(run, attribute, value);
}

/// <summary>Several targets that share a value's elements.</summary>
internal sealed class TupleTarget(IReadOnlyList<Target> targets) : Target
{
    public override void Assign(Run run, Scope scope, Value value)
    {
        var elements = new List<Value>();
        foreach (Value element in value.Elements(run) ?? throw run.FailOn(value, $"'{value.TypeName}' cannot be taken apart"))
        {
            run.Budget.Step();
            elements.Add(element);
            if (elements.Count > targets.Count)
            {
                throw run.Fail($"more than {targets.Count} values to take apart");
            }
        }

        if (elements.Count < targets.Count)
        {
            throw run.Fail($"{elements.Count} values cannot fill {targets.Count} names");
        }

        for (int i = 0; i < targets.Count; i++)
        {
            targets[i].Assign(run, scope, elements[i]);
        }
    }
}
