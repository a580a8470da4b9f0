using System.Text;

namespace Attune.Text.ChatTemplates;

/// <summary>Puts a text together from pieces that keep their origin; every character is charged to the budget before it is stored.</summary>
internal sealed class TracedBuilder(Budget budget)
{
    private readonly StringBuilder text = new();
    private readonly List<Stretch> stretches = [];

    public int Length => text.Length;

    public TracedBuilder Append(TracedString piece) => Append(piece, 0, piece.Length);

    public TracedBuilder Append(TracedString piece, int start, int end)
    {
        if (start >= end)
        {
            return this;
        }

        budget.Write(text.Length, end - start);
        int shift = text.Length - start;
        foreach (Stretch stretch in piece.Stretches)
        {
            int from = Math.Max(stretch.Start, start), to = Math.Min(stretch.End, end);
            if (from < to)
            {
                Mark(from + shift, to + shift, stretch.Origin);
            }
        }

        text.Append(piece.Value, start, end - start);
        return this;
    }

    public TracedBuilder Append(ReadOnlySpan<char> piece, Origin origin = Origin.Template)
    {
        if (piece.Length > 0)
        {
            budget.Write(text.Length, piece.Length);
            if (origin != Origin.Template)
            {
                Mark(text.Length, text.Length + piece.Length, origin);
            }

            text.Append(piece);
        }

        return this;
    }

    public TracedBuilder Repeat(char c, long count, Origin origin = Origin.Template)
    {
        if (count > 0)
        {
            budget.Write(text.Length, count);
            if (origin != Origin.Template)
            {
                Mark(text.Length, text.Length + (int)count, origin);
            }

            text.Append(c, (int)count);
        }

        return this;
    }

    public TracedString Build() => new(text.ToString(), [.. stretches]);

    private void Mark(int start, int end, Origin origin)
    {
        if (stretches.Count > 0 && stretches[^1].End == start && stretches[^1].Origin == origin)
        {
            stretches[^1] = stretches[^1] with { End = end };
        }
        else
        {
            stretches.Add(new Stretch(start, end, origin));
        }
    }
}
