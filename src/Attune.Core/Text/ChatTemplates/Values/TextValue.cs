namespace Attune.Text.ChatTemplates;

/// <summary>A string. As markup (what <c>safe</c> and <c>escape</c> give) it escapes the plain strings that are put to it.</summary>
internal sealed class TextValue(TracedString text, bool isMarkup = false) : Value
{
    public TracedString Text { get; } = text;

    public bool IsMarkup { get; } = isMarkup;

    public string String => Text.Value;

    public override string TypeName => IsMarkup ? "Markup" : "str";

    public override bool IsTrue => Text.Length > 0;

    public override int? Length => Characters.Count(String);

    public override bool IsSequence => true;

    /// <summary>A string of the same kind.</summary>
    public TextValue Like(TracedString other) => new(other, IsMarkup);

    public override IEnumerable<Value> Elements(Run run)
    {
        for (int i = 0; i < String.Length;)
        {
            int width = Characters.Width(String, i);
            yield return Like(Text.Slice(i, i + width));
            i += width;
        }
    }

    public override Value? Attribute(Run run, string name) => TextMethods.Find(this, name);

    public override Value? Item(Run run, Value key)
    {
        if (SliceBounds.Position(key, Length!.Value) is not int position)
        {
            return null;
        }

        run.Budget.Step(String.Length / 64);
        int index = Characters.Index(String, position);
        return Like(Text.Slice(index, index + Characters.Width(String, index)));
    }

    public override Value Part(Run run, SliceBounds bounds)
    {
        int length = Length!.Value;
        run.Budget.Step(length / 64);
        (int start, int count, int step) = bounds.Resolve(run, length);
        if (step == 1)
        {
            int from = Characters.Index(String, start);
            TracedString part = Text.Slice(from, from + Characters.Index(String.AsSpan(from), count));
            run.Budget.Write(0, part.Length);
            return Like(part);
        }

        var picked = new TracedBuilder(run.Budget);
        int[] starts = Starts(run, length);
        for (int i = 0; i < count; i++)
        {
            int at = starts[start + (i * step)];
            picked.Append(Text, at, at + Characters.Width(String, at));
        }

        return Like(picked.Build());
    }

    public override bool EqualTo(Run run, Value other)
    {
        if (other is not TextValue text || text.String.Length != String.Length)
        {
            return false;
        }

        run.Budget.Step(String.Length / 64);
        return text.String == String;
    }

    public override int Hash(Run run)
    {
        run.Budget.Step(String.Length / 64);
        return String.GetHashCode(StringComparison.Ordinal);
    }

    public override TracedString ToText(Run run) => Text;

    public override void WriteRepr(Run run, TracedBuilder to)
    {
        if (IsMarkup)
        {
            to.Append("Markup(");
        }

        TextRepr.Write(Text, to);
        if (IsMarkup)
        {
            to.Append(")");
        }
    }

    private int[] Starts(Run run, int length)
    {
        run.Budget.Step(length / 8);
        var starts = new int[length];
        for (int i = 0, at = 0; i < length; i++)
        {
            starts[i] = at;
            at += Characters.Width(String, at);
        }

        return starts;
    }
}
