namespace Attune.Text.ChatTemplates;

/// <summary>Ways to walk a traced text.</summary>
internal static class Stretches
{
    /// <summary>The whole text in pieces of one origin each, those of the template included.</summary>
    public static IEnumerable<Stretch> Cover(TracedString text)
    {
        int at = 0;
        foreach (Stretch stretch in text.Stretches.ToArray())
        {
            if (at < stretch.Start)
            {
                yield return new Stretch(at, stretch.Start, Origin.Template);
            }

            yield return stretch;
            at = stretch.End;
        }

        if (at < text.Length)
        {
            yield return new Stretch(at, text.Length, Origin.Template);
        }
    }

    /// <summary>The ranges whose origin has this flag, neighbours joined.</summary>
    public static List<TextRange> With(TracedString text, Origin flag)
    {
        var ranges = new List<TextRange>();
        foreach (Stretch stretch in text.Stretches)
        {
            if (!stretch.Origin.HasFlag(flag))
            {
                continue;
            }

            if (ranges.Count > 0 && ranges[^1].End == stretch.Start)
            {
                ranges[^1] = ranges[^1] with { End = stretch.End };
            }
            else
            {
                ranges.Add(new TextRange(stretch.Start, stretch.End));
            }
        }

        return ranges;
    }
}
