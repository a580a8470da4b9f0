namespace Attune.Text.ChatTemplates;

/// <summary>Where a character of a text came from.</summary>
[Flags]
internal enum Origin : byte
{
    /// <summary>The template's own text, and the special tokens.</summary>
    Template = 0,

    /// <summary>Messages, tools, documents and variables: what a user may have written.</summary>
    Data = 1,

    /// <summary>A <c>{% generation %}</c> block inside a macro or a captured block, whose place in the output is not known yet.</summary>
    Generated = 2,
}

/// <summary>A stretch of a text, in UTF-16 units, that came from elsewhere than the template.</summary>
internal readonly record struct Stretch(int Start, int End, Origin Origin);

/// <summary>A text that knows where its characters came from, so that special tokens that a user wrote stay text.</summary>
internal sealed class TracedString
{
    public static readonly TracedString Empty = new("");

    private readonly Stretch[] stretches;

    public TracedString(string value, Origin origin = Origin.Template)
        : this(value, origin == Origin.Template || value.Length == 0 ? [] : [new Stretch(0, value.Length, origin)])
    {
    }

    // Stretches are ascending, apart or of different origin, never empty and never of the template.
    internal TracedString(string value, Stretch[] stretches)
    {
        Value = value;
        this.stretches = stretches;
    }

    public string Value { get; }

    public int Length => Value.Length;

    public ReadOnlySpan<Stretch> Stretches => stretches;

    /// <summary>The union of all origins: what to call a text that was made from this one as a whole.</summary>
    public Origin AnyOrigin
    {
        get
        {
            Origin any = Origin.Template;
            foreach (Stretch stretch in stretches)
            {
                any |= stretch.Origin;
            }

            return any;
        }
    }

    public Origin OriginAt(int index)
    {
        int at = FirstEndingAfter(index);
        return at < stretches.Length && stretches[at].Start <= index ? stretches[at].Origin : Origin.Template;
    }

    public TracedString Slice(int start, int end)
    {
        if (start == 0 && end == Length)
        {
            return this;
        }

        if (start >= end)
        {
            return Empty;
        }

        int first = FirstEndingAfter(start);
        if (first == stretches.Length || stretches[first].Start >= end)
        {
            return new TracedString(Value[start..end], []);
        }

        if (stretches[first].Start <= start && stretches[first].End >= end)
        {
            return new TracedString(Value[start..end], [new Stretch(0, end - start, stretches[first].Origin)]);
        }

        var kept = new List<Stretch>();
        for (int i = first; i < stretches.Length && stretches[i].Start < end; i++)
        {
            kept.Add(new Stretch(Math.Max(stretches[i].Start, start) - start, Math.Min(stretches[i].End, end) - start, stretches[i].Origin));
        }

        return new TracedString(Value[start..end], [.. kept]);
    }

    public override string ToString() => Value;

    private int FirstEndingAfter(int index)
    {
        int low = 0, high = stretches.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = stretches[middle].End > index ? (low, middle) : (middle + 1, high);
        }

        return low;
    }
}
