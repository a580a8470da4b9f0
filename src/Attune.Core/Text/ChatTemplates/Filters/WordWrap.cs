namespace Attune.Text.ChatTemplates;

/// <summary>The filter <c>wordwrap</c>: lines of at most a width, broken at blanks, at hyphens between letters, and in words that are too long.</summary>
internal static class WordWrap
{
    public static Value Apply(Run run, Value input, Arguments arguments)
    {
        Bound bound = arguments.Bind(run, "wordwrap", ["width", "break_long_words", "wrapstring", "break_on_hyphens"], 0);
        TextValue text = input as TextValue ?? throw run.FailOn(input, $"wordwrap needs a string (got '{input.TypeName}')");
        int width = bound.Integer(0, 79);
        if (width <= 0)
        {
            throw run.Fail("wordwrap needs a width above 0");
        }

        bool breakLong = bound[1]?.IsTrue ?? true, breakHyphens = bound[3]?.IsTrue ?? true;
        TracedString end = bound.TextOrNull(2)?.Text ?? new TracedString("\n");
        var wrapped = new TracedBuilder(run.Budget);
        bool first = true;
        foreach (TracedString line in TextMethods.SplitLines(run, text.Text, keepEnds: false))
        {
            wrapped.Append(first ? TracedString.Empty : end);
            first = false;
            bool firstPart = true;
            foreach (TracedString part in Wrap(run, line, width, breakLong, breakHyphens))
            {
                wrapped.Append(firstPart ? TracedString.Empty : end).Append(part);
                firstPart = false;
            }
        }

        return new TextValue(wrapped.Build());
    }

    private static IEnumerable<TracedString> Wrap(Run run, TracedString line, int width, bool breakLong, bool breakHyphens)
    {
        var chunks = new Stack<TracedString>(Chunks(run, line, breakHyphens).Reverse());
        bool any = false;
        while (chunks.Count > 0)
        {
            run.Budget.Step();
            var current = new List<TracedString>();
            int length = 0;
            if (any && IsBlank(chunks.Peek()))
            {
                chunks.Pop();
            }

            while (chunks.Count > 0 && length + Characters.Count(chunks.Peek().Value) is int longer && longer <= width)
            {
                current.Add(chunks.Pop());
                length = longer;
            }

            if (chunks.Count > 0 && Characters.Count(chunks.Peek().Value) > width)
            {
                TracedString chunk = chunks.Pop();
                if (breakLong)
                {
                    int room = Math.Max(width - length, 1);
                    int cut = Characters.Index(chunk.Value, room);
                    int hyphen = breakHyphens ? chunk.Value.AsSpan(0, cut).LastIndexOf('-') : -1;
                    cut = hyphen > 0 && chunk.Value.AsSpan(0, hyphen).IndexOfAnyExcept('-') >= 0 ? hyphen + 1 : cut;
                    current.Add(chunk.Slice(0, cut));
                    chunks.Push(chunk.Slice(cut, chunk.Length));
                }
                else if (current.Count == 0)
                {
                    current.Add(chunk);
                }
                else
                {
                    chunks.Push(chunk);
                }
            }

            if (current.Count > 0 && IsBlank(current[^1]))
            {
                current.RemoveAt(current.Count - 1);
            }

            if (current.Count > 0)
            {
                any = true;
                var joined = new TracedBuilder(run.Budget);
                current.ForEach(chunk => joined.Append(chunk));
                yield return joined.Build();
            }
        }
    }

    // Runs of blanks, and words; a word may end behind a hyphen between letters, or before a dash of two or more.
    private static IEnumerable<TracedString> Chunks(Run run, TracedString line, bool breakHyphens)
    {
        string text = line.Value;
        for (int start = 0; start < text.Length;)
        {
            int end = start + 1;
            bool blank = IsBlank(text[start]);
            while (end < text.Length && IsBlank(text[end]) == blank && !(breakHyphens && !blank && BreaksAt(text, start, end)))
            {
                end++;
            }

            run.Budget.Step(1 + ((end - start) / 8));
            yield return line.Slice(start, end);
            start = end;
        }
    }

    private static bool BreaksAt(string text, int start, int at)
    {
        bool afterHyphen = text[at - 1] == '-' && at - 2 >= start && char.IsLetter(text[at - 2]) && char.IsLetter(text[at])
            && at + 1 < text.Length && (char.IsLetter(text[at + 1]) || (text[at + 1] == '-' && at + 2 < text.Length && char.IsLetter(text[at + 2])))
            && at - 3 >= start && (char.IsLetter(text[at - 3]) || text[at - 3] == '-');
        bool beforeDash = text[at] == '-' && at + 1 < text.Length && text[at + 1] == '-' && text[at - 1] != '-';
        bool afterDash = text[at] != '-' && text[at - 1] == '-' && at - 2 >= start && text[at - 2] == '-';
        return afterHyphen || beforeDash || afterDash;
    }

    private static bool IsBlank(TracedString chunk) => IsBlank(chunk.Value[0]);

    private static bool IsBlank(char c) => c is (>= '\t' and <= '\r') or ' ';
}
