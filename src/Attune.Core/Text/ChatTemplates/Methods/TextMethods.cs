using System.Collections.Frozen;
using System.Numerics;
using System.Text;

namespace Attune.Text.ChatTemplates;

/// <summary>The methods of strings.</summary>
internal static class TextMethods
{
    private sealed record Method(string[] Parameters, int Required, Func<Run, TextValue, Bound, Value> Body);

    public enum Side
    {
        Left,
        Right,
        Both,
    }

    // A parameter "" can be given by place only, as in Python.
    private static readonly FrozenDictionary<string, Method> Methods = new Dictionary<string, Method>
    {
        ["upper"] = new([], 0, (run, self, _) => self.Like(Casing.Upper(run, self.Text))),
        ["lower"] = new([], 0, (run, self, _) => self.Like(Casing.Lower(run, self.Text))),
        ["title"] = new([], 0, (run, self, _) => self.Like(Casing.Title(run, self.Text))),
        ["capitalize"] = new([], 0, (run, self, _) => self.Like(Casing.Capitalize(run, self.Text))),
        ["swapcase"] = new([], 0, (run, self, _) => self.Like(Casing.Swap(run, self.Text))),
        ["casefold"] = new([], 0, (run, self, _) => self.Like(Casing.Fold(run, self.Text))),
        ["strip"] = new([""], 0, (run, self, bound) => self.Like(Strip(run, self.Text, bound.TextOrNull(0)?.String, left: true, right: true))),
        ["lstrip"] = new([""], 0, (run, self, bound) => self.Like(Strip(run, self.Text, bound.TextOrNull(0)?.String, left: true, right: false))),
        ["rstrip"] = new([""], 0, (run, self, bound) => self.Like(Strip(run, self.Text, bound.TextOrNull(0)?.String, left: false, right: true))),
        ["split"] = new(["sep", "maxsplit"], 0, (run, self, bound) => Split(run, self, bound, fromRight: false)),
        ["rsplit"] = new(["sep", "maxsplit"], 0, (run, self, bound) => Split(run, self, bound, fromRight: true)),
        ["splitlines"] = new(["keepends"], 0, (run, self, bound) =>
            new ListValue(run, [.. SplitLines(run, self.Text, bound.IsTrue(0)).Select(self.Like)])),
        ["partition"] = new([""], 1, (run, self, bound) => Partition(run, self, bound, last: false)),
        ["rpartition"] = new([""], 1, (run, self, bound) => Partition(run, self, bound, last: true)),
        ["join"] = new([""], 1, Join),
        ["replace"] = new(["", "", ""], 2, (run, self, bound) => self.Like(Replace(run, self.Text, bound.Text(0).String,
            self.IsMarkup ? Html.Escape(run, bound.Text(1)).Text : bound.Text(1).Text, bound.Integer(2, -1)))),
        ["removeprefix"] = new([""], 1, (_, self, bound) => self.Like(
            self.String.StartsWith(bound.Text(0).String, StringComparison.Ordinal) ? self.Text.Slice(bound.Text(0).Text.Length, self.Text.Length) : self.Text)),
        ["removesuffix"] = new([""], 1, (_, self, bound) => self.Like(
            self.String.EndsWith(bound.Text(0).String, StringComparison.Ordinal) ? self.Text.Slice(0, self.Text.Length - bound.Text(0).Text.Length) : self.Text)),
        ["startswith"] = new(["", "", ""], 1, (run, self, bound) => Edge(run, self, bound, "startswith", start: true)),
        ["endswith"] = new(["", "", ""], 1, (run, self, bound) => Edge(run, self, bound, "endswith", start: false)),
        ["find"] = new(["", "", ""], 1, (run, self, bound) => Value.Of(Find(run, self, bound, last: false))),
        ["rfind"] = new(["", "", ""], 1, (run, self, bound) => Value.Of(Find(run, self, bound, last: true))),
        ["index"] = new(["", "", ""], 1, (run, self, bound) => Found(run, Find(run, self, bound, last: false))),
        ["rindex"] = new(["", "", ""], 1, (run, self, bound) => Found(run, Find(run, self, bound, last: true))),
        ["count"] = new(["", "", ""], 1, Count),
        ["center"] = new(["", ""], 1, (run, self, bound) => Padded(run, self, bound, Side.Both)),
        ["ljust"] = new(["", ""], 1, (run, self, bound) => Padded(run, self, bound, Side.Right)),
        ["rjust"] = new(["", ""], 1, (run, self, bound) => Padded(run, self, bound, Side.Left)),
        ["zfill"] = new([""], 1, ZeroFill),
        ["expandtabs"] = new(["tabsize"], 0, ExpandTabs),
        ["isalpha"] = Every(Characters.IsAlpha),
        ["isdigit"] = Every(codePoint => Characters.IsDecimal(codePoint) || Characters.IsDigit(codePoint)),
        ["isdecimal"] = Every(Characters.IsDecimal),
        ["isnumeric"] = Every(codePoint => Characters.IsDecimal(codePoint) || Characters.IsNumeric(codePoint)),
        ["isalnum"] = Every(Characters.IsAlphanumeric),
        ["isspace"] = Every(codePoint => codePoint < 0x10000 && Characters.IsSpace((char)codePoint)),
        ["isascii"] = Every(codePoint => codePoint < 0x80, empty: true),
        ["isprintable"] = Every(Characters.IsPrintable, empty: true),
        ["islower"] = new([], 0, (_, self, _) => Value.Of(IsCase(self.String, upper: false))),
        ["isupper"] = new([], 0, (_, self, _) => Value.Of(IsCase(self.String, upper: true))),
        ["istitle"] = new([], 0, (_, self, _) => Value.Of(IsTitle(self.String))),
        ["isidentifier"] = new([], 0, (_, self, _) => Value.Of(Characters.IsIdentifier(self.String))),
        ["format_map"] = new([""], 1, (run, self, bound) => BraceFormat.Apply(run, self, [], bound[0] as DictValue)),
        ["encode"] = new(["encoding", "errors"], 0, (run, self, bound) => new BytesValue(
            Codecs.Encode(run, self.String, bound.TextOrNull(0)?.String ?? "utf-8", bound.TextOrNull(1)?.String ?? "strict"), self.Text.AnyOrigin)),
        ["translate"] = new([""], 1, (run, self, bound) => self.Like(Translate(run, self.Text, bound[0]!))),
    }.ToFrozenDictionary();

    public static Value? Find(TextValue self, string name)
    {
        if (name == "format")
        {
            return new FunctionValue(name, (run, arguments) => BraceFormat.Apply(run, self, arguments.Positional,
                new DictValue(run, arguments.Named.Select(argument => new KeyValuePair<Value, Value>(Value.Of(argument.Key), argument.Value)))));
        }

        return Methods.TryGetValue(name, out Method? method)
            ? FunctionValue.Of(name, (run, bound) =>
            {
                run.Budget.Step(self.String.Length / 64);
                return method.Body(run, self, bound);
            }, method.Parameters, method.Required)
            : null;
    }

    public static TracedString Strip(Run run, TracedString text, string? chars, bool left, bool right)
    {
        HashSet<int>? set = null;
        if (chars is not null)
        {
            set = [];
            run.Budget.Step(chars.Length / 8);
            for (int i = 0; i < chars.Length; i += Characters.Width(chars, i))
            {
                set.Add(Characters.At(chars, i));
            }
        }

        int start = 0, end = text.Length;
        while (left && start < end && Strips(start))
        {
            start += Characters.Width(text.Value, start);
        }

        while (right && end > start && Strips(Before(end)))
        {
            end = Before(end);
        }

        run.Budget.Step((start + text.Length - end) / 8);
        return text.Slice(start, end);

        bool Strips(int at) => set is null ? Characters.IsSpace(text.Value[at]) : set.Contains(Characters.At(text.Value, at));

        int Before(int at) => at >= 2 && Characters.Width(text.Value, at - 2) == 2 ? at - 2 : at - 1;
    }

    // A table of code points: each stands for a character, given as a number, for a text, or for nothing.
    private static TracedString Translate(Run run, TracedString text, Value table)
    {
        var translated = new TracedBuilder(run.Budget);
        for (int i = 0; i < text.Length; i += Characters.Width(text.Value, i))
        {
            run.Budget.Step();
            switch (table.Item(run, Value.Of(Characters.At(text.Value, i))))
            {
                case null:
                    translated.Append(text, i, i + Characters.Width(text.Value, i));
                    break;
                case NoneValue:
                    break;
                case TextValue other:
                    translated.Append(other.Text);
                    break;
                case var number when NumberValues.Integer(number) is { } code && code >= 0 && Rune.IsValid((int)BigInteger.Min(code, int.MaxValue)):
                    translated.Append(new Rune((int)code).ToString(), text.OriginAt(i));
                    break;
                case var other:
                    throw run.Fail($"a translation must be a string, a character's number or None, not '{other.TypeName}'");
            }
        }

        return translated.Build();
    }

    public static TracedString Replace(Run run, TracedString text, string old, TracedString replacement, int count)
    {
        var replaced = new TracedBuilder(run.Budget);
        int position = 0;
        if (old.Length == 0)
        {
            // Between all characters, and at both ends.
            for (int done = 0; position <= text.Length && (count < 0 || done < count); done++)
            {
                run.Budget.Step();
                replaced.Append(replacement);
                int end = position == text.Length ? position + 1 : position + Characters.Width(text.Value, position);
                replaced.Append(text, position, Math.Min(end, text.Length));
                position = end;
            }
        }
        else
        {
            for (int done = 0; count < 0 || done < count; done++)
            {
                run.Budget.Step();
                int found = TextSearch.Find(run, text.Value, old, position);
                if (found < 0)
                {
                    break;
                }

                replaced.Append(text, position, found).Append(replacement);
                position = found + old.Length;
            }
        }

        return replaced.Append(text, position, text.Length).Build();
    }

    public static TracedString Pad(Run run, TracedString text, long width, string fill, Side side)
    {
        long missing = Math.Max(width - Characters.Count(text.Value), 0);
        long left = side switch { Side.Left => missing, Side.Right => 0, _ => (missing / 2) + (missing & width & 1) };
        var padded = new TracedBuilder(run.Budget);
        Fill(padded, left);
        padded.Append(text);
        Fill(padded, missing - left);
        return padded.Build();

        void Fill(TracedBuilder to, long count)
        {
            if (fill.Length == 1)
            {
                to.Repeat(fill[0], count);
                return;
            }

            for (long i = 0; i < count; i++)
            {
                run.Budget.Step();
                to.Append(fill);
            }
        }
    }

    public static List<TracedString> SplitLines(Run run, TracedString text, bool keepEnds)
    {
        var lines = new List<TracedString>();
        for (int start = 0; start < text.Length;)
        {
            int end = start;
            while (end < text.Length && !Characters.IsLineEnd(text.Value[end]))
            {
                end++;
            }

            int next = end == text.Length ? end : text.Value[end] == '\r' && end + 1 < text.Length && text.Value[end + 1] == '\n' ? end + 2 : end + 1;
            run.Budget.Step(1 + ((next - start) / 64));
            lines.Add(text.Slice(start, keepEnds ? next : end));
            start = next;
        }

        return lines;
    }

    /// <summary>The words of a text, one blank between each.</summary>
    public static TracedString JoinWords(Run run, TracedString text)
    {
        var joined = new TracedBuilder(run.Budget);
        foreach (TracedString word in Words(run, text, int.MaxValue))
        {
            joined.Append(joined.Length > 0 ? " " : "").Append(word);
        }

        return joined.Build();
    }

    /// <summary>Whether there are letters and all of them have this case.</summary>
    public static bool IsCase(string text, bool upper)
    {
        bool any = false;
        for (int i = 0; i < text.Length; i += Characters.Width(text, i))
        {
            int codePoint = Characters.At(text, i);
            if (Characters.IsTitle(codePoint) || (upper ? Characters.IsLower(codePoint) : Characters.IsUpper(codePoint)))
            {
                return false;
            }

            any |= Characters.IsCased(codePoint);
        }

        return any;
    }

    private static bool IsTitle(string text)
    {
        bool any = false, inWord = false;
        for (int i = 0; i < text.Length; i += Characters.Width(text, i))
        {
            int codePoint = Characters.At(text, i);
            bool big = Characters.IsUpper(codePoint) || Characters.IsTitle(codePoint);
            if ((big && inWord) || (Characters.IsLower(codePoint) && !inWord))
            {
                return false;
            }

            any |= big;
            inWord = Characters.IsCased(codePoint);
        }

        return any;
    }

    private static Method Every(Func<int, bool> holds, bool empty = false) => new([], 0, (run, self, _) =>
    {
        run.Budget.Step(self.String.Length / 8);
        for (int i = 0; i < self.String.Length; i += Characters.Width(self.String, i))
        {
            if (!holds(Characters.At(self.String, i)))
            {
                return BoolValue.False;
            }
        }

        return Value.Of(empty || self.String.Length > 0);
    });

    private static ListValue Split(Run run, TextValue self, Bound bound, bool fromRight)
    {
        int most = bound.Integer(1, -1);
        most = most < 0 ? int.MaxValue : most;
        List<TracedString> parts;
        if (bound.TextOrNull(0) is not TextValue separator)
        {
            parts = fromRight && most < int.MaxValue ? WordsFromRight(run, self.Text, most) : [.. Words(run, self.Text, most)];
        }
        else if (separator.Text.Length == 0)
        {
            throw run.Fail("empty separator");
        }
        else
        {
            parts = fromRight ? SplitFromRight(run, self.Text, separator.String, most) : SplitFromLeft(run, self.Text, separator.String, most);
        }

        return new ListValue(run, [.. parts.Select(self.Like)]);
    }

    private static List<TracedString> SplitFromLeft(Run run, TracedString text, string separator, int most)
    {
        var parts = new List<TracedString>();
        int start = 0;
        while (parts.Count < most && TextSearch.Find(run, text.Value, separator, start) is int found and >= 0)
        {
            run.Budget.Step();
            parts.Add(text.Slice(start, found));
            start = found + separator.Length;
        }

        parts.Add(text.Slice(start, text.Length));
        return parts;
    }

    private static List<TracedString> SplitFromRight(Run run, TracedString text, string separator, int most)
    {
        var parts = new List<TracedString>();
        int end = text.Length;
        while (parts.Count < most && TextSearch.FindLast(run, text.Value, separator, end) is int found and >= 0)
        {
            run.Budget.Step();
            parts.Add(text.Slice(found + separator.Length, end));
            end = found;
        }

        parts.Add(text.Slice(0, end));
        parts.Reverse();
        return parts;
    }

    private static IEnumerable<TracedString> Words(Run run, TracedString text, int most)
    {
        int position = 0;
        for (int count = 0; ; count++)
        {
            int start = position;
            while (start < text.Length && Characters.IsSpace(text.Value[start]))
            {
                start++;
            }

            run.Budget.Step(1 + ((start - position) / 8));
            if (start == text.Length)
            {
                yield break;
            }

            int end = start;
            while (end < text.Length && !Characters.IsSpace(text.Value[end]))
            {
                end++;
            }

            run.Budget.Step((end - start) / 8);
            if (count == most)
            {
                yield return Strip(run, text.Slice(start, text.Length), null, left: false, right: true);
                yield break;
            }

            yield return text.Slice(start, end);
            position = end;
        }
    }

    private static List<TracedString> WordsFromRight(Run run, TracedString text, int most)
    {
        var words = new List<TracedString>();
        int end = text.Length;
        while (true)
        {
            TracedString rest = Strip(run, text.Slice(0, end), null, left: false, right: true);
            if (rest.Length == 0)
            {
                break;
            }

            if (words.Count == most)
            {
                words.Add(Strip(run, rest, null, left: true, right: false));
                break;
            }

            int start = rest.Length;
            while (start > 0 && !Characters.IsSpace(rest.Value[start - 1]))
            {
                start--;
            }

            run.Budget.Step(1 + (rest.Length / 64) + ((rest.Length - start) / 8));
            words.Add(rest.Slice(start, rest.Length));
            end = start;
        }

        words.Reverse();
        return words;
    }

    private static ListValue Partition(Run run, TextValue self, Bound bound, bool last)
    {
        string separator = bound.Text(0).String;
        if (separator.Length == 0)
        {
            throw run.Fail("empty separator");
        }

        int found = last ? TextSearch.FindLast(run, self.String, separator, self.String.Length) : TextSearch.Find(run, self.String, separator, 0);
        TracedString text = self.Text;
        TracedString[] parts = found >= 0 ? [text.Slice(0, found), bound.Text(0).Text, text.Slice(found + separator.Length, text.Length)]
            : last ? [TracedString.Empty, TracedString.Empty, text] : [text, TracedString.Empty, TracedString.Empty];
        return new ListValue(run, [.. parts.Select(self.Like)], isTuple: true);
    }

    private static TextValue Join(Run run, TextValue self, Bound bound)
    {
        var joined = new TracedBuilder(run.Budget);
        bool first = true;
        foreach (Value element in SequenceFilters.Elements(run, bound[0]!))
        {
            TracedString text = self.IsMarkup ? Html.Escape(run, element).Text
                : (element as TextValue ?? throw run.FailOn(element, $"join needs strings (got '{element.TypeName}')")).Text;
            joined.Append(first ? TracedString.Empty : self.Text).Append(text);
            first = false;
        }

        return self.Like(joined.Build());
    }

    // The UTF-16 range that the optional start and end in code points mean; null where the start lies behind the text's end.
    private static (int Start, int End)? Range(Run run, TextValue self, Bound bound)
    {
        if (!bound.Has(1) && !bound.Has(2))
        {
            return (0, self.String.Length);
        }

        int length = self.Length!.Value;
        long start = bound.Has(1) ? bound.Integer(1) : 0, end = bound.Has(2) ? bound.Integer(2) : length;
        start = start < 0 ? Math.Max(start + length, 0) : start;
        end = end < 0 ? Math.Max(end + length, 0) : Math.Min(end, length);
        if (start > end)
        {
            return null;
        }

        run.Budget.Step(self.String.Length / 64);
        return (Characters.Index(self.String, (int)start), Characters.Index(self.String, (int)end));
    }

    private static int Find(Run run, TextValue self, Bound bound, bool last)
    {
        string part = bound.Text(0).String;
        if (Range(run, self, bound) is not (int start, int end))
        {
            return -1;
        }

        string text = self.String[..end];
        int found = last ? TextSearch.FindLast(run, text, part, end) : TextSearch.Find(run, text, part, start);
        return found < start ? -1 : Characters.Count(text.AsSpan(0, found));
    }

    private static Value Found(Run run, int place) => place >= 0 ? Value.Of(place) : throw run.Fail("substring not found");

    private static Value Count(Run run, TextValue self, Bound bound)
    {
        string part = bound.Text(0).String;
        if (Range(run, self, bound) is not (int start, int end))
        {
            return Value.Of(0);
        }

        if (part.Length == 0)
        {
            return Value.Of(Characters.Count(self.String.AsSpan(start, end - start)) + 1);
        }

        int count = 0;
        string text = self.String[..end];
        for (int at = TextSearch.Find(run, text, part, start); at >= 0; at = TextSearch.Find(run, text, part, at + part.Length))
        {
            run.Budget.Step();
            count++;
        }

        return Value.Of(count);
    }

    private static Value Edge(Run run, TextValue self, Bound bound, string name, bool start)
    {
        Value wanted = bound[0]!;
        IReadOnlyList<Value> candidates = wanted is ListValue { IsTuple: true } tuple ? tuple.Items : [wanted];
        (int Start, int End)? range = Range(run, self, bound);
        ReadOnlySpan<char> text = range is (int from, int to) ? self.String.AsSpan(from, to - from) : [];
        bool holds = false;
        foreach (Value candidate in candidates)
        {
            string part = candidate is TextValue piece ? piece.String : throw run.FailOn(candidate, $"{name} needs a string or a tuple of strings (got '{candidate.TypeName}')");
            run.Budget.Step(part.Length / 64);
            holds |= range is not null && (start ? text.StartsWith(part, StringComparison.Ordinal) : text.EndsWith(part, StringComparison.Ordinal));
        }

        return Value.Of(holds);
    }

    private static TextValue Padded(Run run, TextValue self, Bound bound, Side side)
    {
        string fill = bound[1] is null ? " " : bound.Text(1).String;
        if (Characters.Count(fill) != 1)
        {
            throw run.Fail("the fill character must be exactly one character long");
        }

        return self.Like(Pad(run, self.Text, bound.Integer(0), fill, side));
    }

    private static TextValue ZeroFill(Run run, TextValue self, Bound bound)
    {
        long missing = Math.Max((long)bound.Integer(0) - self.Length!.Value, 0);
        int sign = self.String.StartsWith('-') || self.String.StartsWith('+') ? 1 : 0;
        return self.Like(new TracedBuilder(run.Budget).Append(self.Text, 0, sign).Repeat('0', missing).Append(self.Text, sign, self.Text.Length).Build());
    }

    private static TextValue ExpandTabs(Run run, TextValue self, Bound bound)
    {
        int size = bound.Integer(0, 8), column = 0;
        var expanded = new TracedBuilder(run.Budget);
        for (int i = 0; i < self.String.Length;)
        {
            int width = Characters.Width(self.String, i);
            char c = self.String[i];
            if (c == '\t')
            {
                int blanks = size > 0 ? size - (column % size) : 0;
                expanded.Repeat(' ', blanks, self.Text.OriginAt(i));
                column += blanks;
            }
            else
            {
                expanded.Append(self.Text, i, i + width);
                column = c is '\n' or '\r' ? 0 : column + 1;
            }

            i += width;
        }

        return self.Like(expanded.Build());
    }
}
