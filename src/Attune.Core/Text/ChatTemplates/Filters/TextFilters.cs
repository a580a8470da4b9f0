namespace Attune.Text.ChatTemplates;

/// <summary>Filters that make a text of a text.</summary>
internal static class TextFilters
{
    public static readonly (string Name, Filter Filter)[] All =
    [
        PlainFilter.Of("upper", (run, input) => Mapped(run, input, Casing.Upper)),
        PlainFilter.Of("lower", (run, input) => Mapped(run, input, Casing.Lower)),
        PlainFilter.Of("capitalize", (run, input) => Mapped(run, input, Casing.Capitalize)),
        PlainFilter.Of("title", (run, input) => Mapped(run, input, Title)),
        ("trim", Trim),
        PlainFilter.Of("string", Soft),
        ("replace", Replace),
        ("format", Format),
        ("indent", Indent),
        ("center", Center),
        ("truncate", Truncate),
        ("wordwrap", WordWrap.Apply),
        PlainFilter.Of("wordcount", WordCount),
    ];

    /// <summary>A text, markup or not; anything else as its text.</summary>
    public static TextValue Soft(Run run, Value value) => value as TextValue ?? new TextValue(value.ToText(run));

    private static TextValue Mapped(Run run, Value input, Func<Run, TracedString, TracedString> map)
    {
        TextValue text = Soft(run, input);
        return text.Like(map(run, text.Text));
    }

    // Words begin behind blanks, hyphens and opening brackets, unlike in the method of the same name.
    private static TracedString Title(Run run, TracedString text)
    {
        var titled = new TracedBuilder(run.Budget);
        for (int i = 0; i < text.Length;)
        {
            bool parts = IsSeparator(text.Value[i]);
            int end = i + 1;
            while (end < text.Length && IsSeparator(text.Value[end]) == parts)
            {
                end++;
            }

            int first = i + Characters.Width(text.Value, i);
            titled.Append(Casing.Upper(run, text.Slice(i, first))).Append(Casing.Lower(run, text.Slice(first, end)));
            i = end;
        }

        return titled.Build();
    }

    private static bool IsSeparator(char c) => c is '-' or '(' or '{' or '[' or '<' || Characters.IsSpace(c);

    private static TextValue Trim(Run run, Value input, Arguments arguments)
    {
        Bound bound = arguments.Bind(run, "trim", ["chars"], 0);
        TextValue text = Soft(run, input);
        return text.Like(TextMethods.Strip(run, text.Text, bound.TextOrNull(0)?.String, left: true, right: true));
    }

    private static TextValue Replace(Run run, Value input, Arguments arguments)
    {
        Bound bound = arguments.Bind(run, "replace", ["old", "new", "count"], 2);
        TracedString old = bound[0]!.ToText(run);
        int count = bound.Has(2) ? bound.Integer(2) : -1;
        if (!run.Autoescape)
        {
            return new TextValue(TextMethods.Replace(run, input.ToText(run), old.Value, bound[1]!.ToText(run), count));
        }

        bool markup = input is TextValue { IsMarkup: true };
        bool escape = bound[0] is TextValue { IsMarkup: true } || (bound[1] is TextValue { IsMarkup: true } && !markup);
        TextValue text = escape ? Html.Escape(run, input) : Soft(run, input);
        TracedString replacement = text.IsMarkup ? Html.Escape(run, bound[1]!).Text : bound[1]!.ToText(run);
        return text.Like(TextMethods.Replace(run, text.Text, old.Value, replacement, count));
    }

    private static Value Format(Run run, Value input, Arguments arguments)
    {
        if (arguments.Positional.Count > 0 && arguments.Named.Count > 0)
        {
            throw run.Fail("format takes arguments by place or by name, not both");
        }

        Value values = arguments.Named.Count > 0
            ? new DictValue(run, arguments.Named.Select(argument => new KeyValuePair<Value, Value>(Value.Of(argument.Key), argument.Value)))
            : new ListValue(run, arguments.Positional, isTuple: true);
        return PercentFormat.Apply(run, Soft(run, input), values);
    }

    private static TextValue Indent(Run run, Value input, Arguments arguments)
    {
        Bound bound = arguments.Bind(run, "indent", ["width", "first", "blank"], 0);
        TextValue text = input as TextValue ?? throw run.FailOn(input, $"indent needs a string (got '{input.TypeName}')");
        TracedString margin = bound[0] is TextValue own ? own.Text
            : new TracedBuilder(run.Budget).Repeat(' ', bound.Integer(0, 4)).Build();
        List<TracedString> lines = TextMethods.SplitLines(run, new TracedBuilder(run.Budget).Append(text.Text).Append("\n").Build(), keepEnds: false);
        var indented = new TracedBuilder(run.Budget);
        for (int i = 0; i < lines.Count; i++)
        {
            indented.Append(i > 0 ? "\n" : "");
            bool wanted = i == 0 ? bound.IsTrue(1) : bound.IsTrue(2) || lines[i].Length > 0;
            indented.Append(wanted ? margin : TracedString.Empty).Append(lines[i]);
        }

        return text.Like(indented.Build());
    }

    private static TextValue Center(Run run, Value input, Arguments arguments)
    {
        Bound bound = arguments.Bind(run, "center", ["width"], 0);
        TextValue text = Soft(run, input);
        return text.Like(TextMethods.Pad(run, text.Text, bound.Integer(0, 80), " ", TextMethods.Side.Both));
    }

    private static TextValue Truncate(Run run, Value input, Arguments arguments)
    {
        const int UsualLength = 255, UsualLeeway = 5;
        Bound bound = arguments.Bind(run, "truncate", ["length", "killwords", "end", "leeway"], 0);
        TextValue text = input as TextValue ?? throw run.FailOn(input, $"truncate needs a string (got '{input.TypeName}')");
        TracedString end = bound[2] is null ? new TracedString("...") : bound.Text(2).Text;
        int length = bound.Integer(0, UsualLength), leeway = bound.Has(3) ? bound.Integer(3) : UsualLeeway;
        int endLength = Characters.Count(end.Value);
        if (length < endLength || leeway < 0)
        {
            throw run.Fail($"truncate needs a length of at least {endLength} and no negative leeway");
        }

        if (text.Length <= (long)length + leeway)
        {
            return text;
        }

        TracedString cut = text.Text.Slice(0, Characters.Index(text.String, length - endLength));
        int space = cut.Value.LastIndexOf(' ');
        cut = bound.IsTrue(1) || space < 0 ? cut : cut.Slice(0, space);
        return text.Like(new TracedBuilder(run.Budget).Append(cut).Append(end).Build());
    }

    private static Value WordCount(Run run, Value input)
    {
        string text = Soft(run, input).String;
        run.Budget.Step(text.Length / 8);
        int words = 0;
        bool inWord = false;
        for (int i = 0; i < text.Length; i += Characters.Width(text, i))
        {
            bool part = Characters.IsWordPart(Characters.At(text, i));
            words += part && !inWord ? 1 : 0;
            inWord = part;
        }

        return Value.Of(words);
    }
}
