namespace Attune.Text.ChatTemplates;

/// <summary>What <c>map</c>, <c>select</c>, <c>reverse</c> and their like give: elements that come one by one, once, and have no length.</summary>
internal sealed class IteratorValue : Value
{
    private readonly IEnumerator<Value> elements;

    /// <param name="run">What pays for it.</param>
    /// <param name="elements">The elements.</param>
    /// <param name="source">What they are made from: chains of iterators are kept short, for each is a nested call.</param>
    public IteratorValue(Run run, IEnumerable<Value> elements, Value? source = null)
    {
        this.elements = elements.GetEnumerator();
        Depth = DepthOver(run, source is null ? [] : [source]);
    }

    public override int Depth { get; }

    public override string TypeName => "generator";

    public override IEnumerable<Value> Elements(Run run)
    {
        while (elements.MoveNext())
        {
            run.Budget.Step();
            yield return elements.Current;
        }
    }
}
