namespace Attune.Text.ChatTemplates;

/// <summary>A list or a tuple, which differ in how they print, in equality, and in that a tuple can be a key.</summary>
internal sealed class ListValue : Value
{
    private readonly IReadOnlyList<Value> items;
    private readonly IReadOnlyList<string>? names;

    /// <param name="run">What pays for it.</param>
    /// <param name="items">The elements.</param>
    /// <param name="isTuple">Whether it is a tuple.</param>
    /// <param name="names">Names under which a tuple's elements can be had as attributes.</param>
    public ListValue(Run run, IReadOnlyList<Value> items, bool isTuple = false, IReadOnlyList<string>? names = null)
    {
        run.Budget.Elements(items.Count);
        this.items = items;
        this.names = names;
        IsTuple = isTuple;
        Depth = DepthOver(run, items);
    }

    public IReadOnlyList<Value> Items => items;

    public bool IsTuple { get; }

    public override int Depth { get; }

    public override string TypeName => IsTuple ? "tuple" : "list";

    public override bool IsTrue => items.Count > 0;

    public override int? Length => items.Count;

    public override bool IsSequence => true;

    public override IEnumerable<Value> Elements(Run run) => items;

    public override Value? Attribute(Run run, string name)
    {
        int named = names?.ToList().IndexOf(name) ?? -1;
        return named >= 0 ? items[named] : ListMethods.Find(this, name);
    }

    public override Value? Item(Run run, Value key) => SliceBounds.Position(key, items.Count) is int position ? items[position] : null;

    public override Value Part(Run run, SliceBounds bounds)
    {
        (int start, int count, int step) = bounds.Resolve(run, items.Count);
        run.Budget.Elements(count);
        var part = new Value[count];
        for (int i = 0; i < count; i++)
        {
            part[i] = items[start + (i * step)];
        }

        return new ListValue(run, part, IsTuple);
    }

    public override bool EqualTo(Run run, Value other)
    {
        if (other is not ListValue list || list.IsTuple != IsTuple || list.items.Count != items.Count)
        {
            return false;
        }

        for (int i = 0; i < items.Count; i++)
        {
            run.Budget.Step();
            if (!Operators.Same(run, items[i], list.items[i]))
            {
                return false;
            }
        }

        return true;
    }

    public override int Hash(Run run)
    {
        if (!IsTuple)
        {
            throw run.Fail("unhashable type: 'list'");
        }

        var hash = new HashCode();
        foreach (Value item in items)
        {
            run.Budget.Step();
            hash.Add(item.Hash(run));
        }

        return hash.ToHashCode();
    }

    public override void WriteRepr(Run run, TracedBuilder to)
    {
        to.Append(IsTuple ? "(" : "[");
        for (int i = 0; i < items.Count; i++)
        {
            run.Budget.Step();
            to.Append(i > 0 ? ", " : "");
            run.WriteRepr(items[i], to);
        }

        to.Append(!IsTuple ? "]" : items.Count == 1 ? ",)" : ")");
    }
}
