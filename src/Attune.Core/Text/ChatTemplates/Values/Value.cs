using System.Runtime.CompilerServices;

namespace Attune.Text.ChatTemplates;

/// <summary>
/// A value that a template handles. The kinds are the classes in this folder and no others; what a value can do is what it
/// overrides here, with Python's meaning. Values do not change, but for a namespace's attributes and the state of a loop or cycler.
/// </summary>
internal abstract class Value
{
    /// <summary>Python's name of the type, for messages.</summary>
    public abstract string TypeName { get; }

    /// <summary>How deep values are nested in it; kept below <see cref="Limits.ValueDepth"/>, so that recursion over values ends.</summary>
    public virtual int Depth => 0;

    /// <summary>Its truth.</summary>
    public virtual bool IsTrue => true;

    /// <summary>The number of its elements; null where Python's <c>len</c> refuses it.</summary>
    public virtual int? Length => null;

    /// <summary>Whether it has both a length and elements by number or key.</summary>
    public virtual bool IsSequence => false;

    /// <summary>Whether it can be called.</summary>
    public virtual bool IsCallable => false;

    /// <summary>Its elements, in order; null where it cannot be iterated.</summary>
    public virtual IEnumerable<Value>? Elements(Run run) => null;

    /// <summary>The attribute or method of that name; null where there is none.</summary>
    public virtual Value? Attribute(Run run, string name) => null;

    /// <summary>The element under a number or key; null where there is none, or where it takes no such key.</summary>
    public virtual Value? Item(Run run, Value key) => null;

    /// <summary>A part of a sequence.</summary>
    public virtual Value Part(Run run, SliceBounds bounds) => throw run.Fail($"'{TypeName}' cannot be sliced");

    /// <summary>What a call gives.</summary>
    public virtual Value Call(Run run, Arguments arguments) => throw run.Fail($"'{TypeName}' cannot be called");

    /// <summary>Python's <c>==</c>.</summary>
    public virtual bool EqualTo(Run run, Value other) => ReferenceEquals(this, other);

    /// <summary>A hash that agrees with <see cref="EqualTo"/>; fails for what cannot be a key.</summary>
    public virtual int Hash(Run run) => RuntimeHelpers.GetHashCode(this);

    /// <summary>Python's <c>str</c>.</summary>
    public virtual TracedString ToText(Run run)
    {
        var text = new TracedBuilder(run.Budget);
        WriteRepr(run, text);
        return text.Build();
    }

    /// <summary>Python's <c>repr</c>. Fails where it would be an address.</summary>
    public virtual void WriteRepr(Run run, TracedBuilder to) => throw run.Fail($"'{TypeName}' cannot be printed");

    public static Value Of(bool value) => value ? BoolValue.True : BoolValue.False;

    public static Value Of(long value) => new IntValue(value);

    public static Value Of(string value) => new TextValue(new TracedString(value));

    protected static int DepthOver(Run run, IEnumerable<Value> elements)
    {
        int depth = 0;
        foreach (Value element in elements)
        {
            depth = Math.Max(depth, element.Depth);
        }

        return depth < Limits.ValueDepth ? depth + 1 : throw run.Budget.NestedTooDeep("a value");
    }
}
