using System.Diagnostics.CodeAnalysis;

namespace Attune.Text.ChatTemplates;

/// <summary>A dict: keys of any hashable kind, in the order in which they first came.</summary>
internal sealed class DictValue : Value
{
    private readonly List<KeyValuePair<Value, Value>> entries = [];
    private readonly Dictionary<Value, int> places;

    public DictValue(Run run, IEnumerable<KeyValuePair<Value, Value>> entries)
    {
        places = new Dictionary<Value, int>(run.Comparer);
        foreach (var entry in entries)
        {
            run.Budget.Step();
            if (places.TryGetValue(entry.Key, out int place))
            {
                this.entries[place] = new(this.entries[place].Key, entry.Value);
            }
            else
            {
                places.Add(entry.Key, this.entries.Count);
                this.entries.Add(entry);
            }
        }

        Depth = DepthOver(run, this.entries.SelectMany(entry => new[] { entry.Key, entry.Value }));
    }

    public IReadOnlyList<KeyValuePair<Value, Value>> Entries => entries;

    public override int Depth { get; }

    public override string TypeName => "dict";

    public override bool IsTrue => entries.Count > 0;

    public override int? Length => entries.Count;

    public override bool IsSequence => true;

    public bool TryGet(Value key, [NotNullWhen(true)] out Value? value)
    {
        value = places.TryGetValue(key, out int place) ? entries[place].Value : null;
        return value is not null;
    }

    public override IEnumerable<Value> Elements(Run run) => entries.Select(entry => entry.Key);

    public override Value? Attribute(Run run, string name) => DictMethods.Find(this, name);

    public override Value? Item(Run run, Value key) => Operators.IsHashable(key) && TryGet(key, out Value? value) ? value : null;

    public override bool EqualTo(Run run, Value other)
    {
        if (other is not DictValue dict || dict.entries.Count != entries.Count)
        {
            return false;
        }

        foreach (var (key, value) in entries)
        {
            run.Budget.Step();
            if (!dict.TryGet(key, out Value? theirs) || !Operators.Same(run, value, theirs))
            {
                return false;
            }
        }

        return true;
    }

    public override int Hash(Run run) => throw run.Fail("unhashable type: 'dict'");

    public override void WriteRepr(Run run, TracedBuilder to)
    {
        to.Append("{");
        for (int i = 0; i < entries.Count; i++)
        {
            run.Budget.Step();
            to.Append(i > 0 ? ", " : "");
            run.WriteRepr(entries[i].Key, to);
            to.Append(": ");
            run.WriteRepr(entries[i].Value, to);
        }

        to.Append("}");
    }
}
