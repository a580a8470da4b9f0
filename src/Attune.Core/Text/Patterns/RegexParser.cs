using System.Globalization;

namespace Attune.Text.Patterns;

/// <summary>
/// Reads regular expressions in the spelling of Oniguruma, whose they are in tokenizer.json. What a finite automaton cannot do (back
/// references, atomic groups) is refused.
/// </summary>
internal sealed class RegexParser
{
    private const int DeepestNesting = 100;
    private const int MostRepeats = 1000;

    private readonly string text;
    private int at;
    private int depth;
    private bool ignoreCase;
    private bool dotMatchesLineEnd;
    private bool ignoreSpace;

    private RegexParser(string text) => this.text = text;

    /// <summary>Parses an expression.</summary>
    /// <exception cref="AttuneException">It is not valid, or needs what Attune does not do.</exception>
    public static RegexNode Parse(string text)
    {
        var parser = new RegexParser(text);
        RegexNode node = parser.Choice();
        return parser.at == text.Length ? node : throw parser.Error("a parenthesis is closed that was not opened");
    }

    private AttuneException Error(string problem) => new(ExitCode.BadData, null, $"the pattern \"{text}\" is not valid at character {at}: {problem}");

    private bool Take(string expected)
    {
        if (string.CompareOrdinal(text, at, expected, 0, expected.Length) != 0)
        {
            return false;
        }

        at += expected.Length;
        return true;
    }

    private int Next()
    {
        if (at >= text.Length)
        {
            throw Error("it ends too early");
        }

        int codePoint = CodePoints.At(text, at, out int length);
        at += length;
        return codePoint;
    }

    private RegexNode Choice()
    {
        if (++depth > DeepestNesting)
        {
            throw Error("it is nested too deeply");
        }

        (bool, bool, bool) flags = (ignoreCase, dotMatchesLineEnd, ignoreSpace);
        var choices = new List<RegexNode> { Sequence() };
        while (Take("|"))
        {
            choices.Add(Sequence());
        }

        (ignoreCase, dotMatchesLineEnd, ignoreSpace) = flags;
        depth--;
        return choices.Count == 1 ? choices[0] : new RegexNode.Choice(choices);
    }

    private RegexNode Sequence()
    {
        var nodes = new List<RegexNode>();
        while (at < text.Length && text[at] is not ('|' or ')'))
        {
            if (ignoreSpace && (char.IsWhiteSpace(text[at]) || text[at] == '#'))
            {
                SkipSpace();
            }
            else if (Atom() is { } atom)
            {
                nodes.Add(Repeats(atom));
            }
        }

        return nodes.Count == 1 ? nodes[0] : new RegexNode.Sequence(nodes);
    }

    private void SkipSpace()
    {
        if (text[at++] == '#')
        {
            while (at < text.Length && text[at] != '\n')
            {
                at++;
            }
        }
    }

    private RegexNode Repeats(RegexNode node)
    {
        while (Quantifier() is var (least, most, braces))
        {
            if (++depth > DeepestNesting)
            {
                throw Error("it is nested too deeply");
            }

            bool lazy = Take("?");
            bool possessive = !lazy && !braces && Take("+");
            node = possessive ? Possessive(node, least, most) : new RegexNode.Repeat(node, least, most, !lazy);
        }

        depth = Math.Min(depth, DeepestNesting);
        return node;
    }

    // A possessive run of single characters is one after which no more of them follow.
    private RegexNode Possessive(RegexNode node, int least, int most)
    {
        if (node is not RegexNode.One)
        {
            throw Error("possessive repetition of more than one character is not supported");
        }

        RegexNode end = new RegexNode.Look(node, Ahead: true, Positive: false);
        return most == int.MaxValue
            ? new RegexNode.Sequence([new RegexNode.Repeat(node, least, most, true), end])
            : new RegexNode.Choice(
            [
                new RegexNode.Repeat(node, most, most, true),
                new RegexNode.Sequence([new RegexNode.Repeat(node, least, Math.Max(least, most - 1), true), end]),
            ]);
    }

    private (int Least, int Most, bool Braces)? Quantifier()
    {
        if (at >= text.Length)
        {
            return null;
        }

        switch (text[at])
        {
            case '*':
                at++;
                return (0, int.MaxValue, false);
            case '+':
                at++;
                return (1, int.MaxValue, false);
            case '?':
                at++;
                return (0, 1, false);
            case '{':
                return Braces();
            default:
                return null;
        }
    }

    // {n}, {n,}, {n,m}, {,m}; a brace that begins none of these stands for itself.
    private (int Least, int Most, bool Braces)? Braces()
    {
        int close = text.IndexOf('}', at);
        string[] parts = close < 0 ? [] : text[(at + 1)..close].Split(',');
        if (parts.Length is 0 or > 2 || parts.All(part => part.Length == 0) || !parts.All(part => part.All(char.IsAsciiDigit)))
        {
            return null;
        }

        at = close + 1;
        int least = Number(parts[0], 0);
        int most = parts.Length == 1 ? least : Number(parts[1], int.MaxValue);
        return least <= most ? (least, most, true) : throw Error("the bounds of a repetition are the wrong way round");
    }

    private int Number(string digits, int otherwise)
    {
        if (digits.Length == 0)
        {
            return otherwise;
        }

        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= MostRepeats
            ? number : throw Error($"a repetition of more than {MostRepeats} is not supported");
    }

    private RegexNode? Atom()
    {
        int codePoint = Next();
        switch (codePoint)
        {
            case '(':
                return Group();
            case '[':
                return One(Class());
            case '.':
                return new RegexNode.One(dotMatchesLineEnd ? new CodePointSet.Range(0, 0x10FFFF) : new CodePointSet.Not(new CodePointSet.Range('\n', '\n')));
            case '^':
                return new RegexNode.Anchor(RegexAnchor.LineStart);
            case '$':
                return new RegexNode.Anchor(RegexAnchor.LineEnd);
            case '\\':
                return Escape();
            case '*' or '+' or '?':
                throw Error("there is nothing to repeat");
            default:
                return One(new CodePointSet.Range(codePoint, codePoint));
        }
    }

    private RegexNode.One One(CodePointSet set) => new(ignoreCase ? new CodePointSet.AnyCase(set) : set);

    private RegexNode? Group()
    {
        if (!Take("?"))
        {
            return Closed(Choice());
        }

        if (Take("#"))
        {
            at = text.IndexOf(')', at) + 1;
            return at > 0 ? null : throw Error("a comment is not closed");
        }

        if (Take(":"))
        {
            return Closed(Choice());
        }

        if (Take("="))
        {
            return new RegexNode.Look(Closed(Choice()), Ahead: true, Positive: true);
        }

        if (Take("!"))
        {
            return new RegexNode.Look(Closed(Choice()), Ahead: true, Positive: false);
        }

        if (Take("<="))
        {
            return Behind(Closed(Choice()), true);
        }

        if (Take("<!"))
        {
            return Behind(Closed(Choice()), false);
        }

        if (Take(">"))
        {
            RegexNode node = Closed(Choice());
            return node is RegexNode.One ? node : throw Error("atomic groups are not supported");
        }

        if (Take("<") || Take("P<"))
        {
            at = text.IndexOf('>', at) + 1;
            return at > 0 ? Closed(Choice()) : throw Error("a name is not closed");
        }

        return Flags();
    }

    private RegexNode.Look Behind(RegexNode node, bool positive) => node is RegexNode.One
        ? new RegexNode.Look(node, Ahead: false, positive) : throw Error("looking behind at more than one character is not supported");

    private RegexNode Closed(RegexNode node) => Take(")") ? node : throw Error("a parenthesis is not closed");

    // (?i) from here to the group's end, or (?i:…).
    private RegexNode Flags()
    {
        (bool, bool, bool) before = (ignoreCase, dotMatchesLineEnd, ignoreSpace);
        bool on = true;
        while (true)
        {
            switch (Next())
            {
                case '-':
                    on = false;
                    break;
                case 'i':
                    ignoreCase = on;
                    break;
                case 'm' or 's':
                    dotMatchesLineEnd = on;
                    break;
                case 'x':
                    ignoreSpace = on;
                    break;
                case ')':
                    return Choice();
                case ':':
                    RegexNode node = Closed(Choice());
                    (ignoreCase, dotMatchesLineEnd, ignoreSpace) = before;
                    return node;
                default:
                    throw Error("unknown kind of group");
            }
        }
    }

    private RegexNode Escape()
    {
        int start = at;
        int codePoint = Next();
        switch (codePoint)
        {
            case 'A':
                return new RegexNode.Anchor(RegexAnchor.TextStart);
            case 'z':
                return new RegexNode.Anchor(RegexAnchor.TextEnd);
            case 'Z':
                return new RegexNode.Anchor(RegexAnchor.LastLineEnd);
            case 'b':
                return new RegexNode.Anchor(RegexAnchor.WordBoundary);
            case 'B':
                return new RegexNode.Anchor(RegexAnchor.NoWordBoundary);
            case (>= '1' and <= '9') or 'k' or 'g' or 'G' or 'K' or 'X' or 'R':
                throw Error($"\\{(char)codePoint} is not supported");
            default:
                at = start;
                return One(EscapedSet());
        }
    }

    // What an escape stands for, in a class and outside.
    private CodePointSet EscapedSet()
    {
        int codePoint = Next();
        switch (codePoint)
        {
            case 's':
                return UnicodeProperty.Space;
            case 'S':
                return new CodePointSet.Not(UnicodeProperty.Space);
            case 'd':
                return UnicodeProperty.Digit;
            case 'D':
                return new CodePointSet.Not(UnicodeProperty.Digit);
            case 'w':
                return UnicodeProperty.Word;
            case 'W':
                return new CodePointSet.Not(UnicodeProperty.Word);
            case 'h':
                return UnicodeProperty.HexDigit;
            case 'H':
                return new CodePointSet.Not(UnicodeProperty.HexDigit);
            case 'p':
                return NamedSet(false);
            case 'P':
                return NamedSet(true);
            default:
                codePoint = Character(codePoint);
                return new CodePointSet.Range(codePoint, codePoint);
        }
    }

    private int Character(int escape) => escape switch
    {
        't' => '\t',
        'n' => '\n',
        'r' => '\r',
        'f' => '\f',
        'v' => '\v',
        'a' => '\a',
        'e' => 0x1B,
        '0' => 0,
        'x' => Take("{") ? Hex(text.IndexOf('}', at) - at, 1) : Hex(2, 0),
        'u' => Hex(4, 0),
        _ => escape,
    };

    private int Hex(int digits, int closing)
    {
        if (digits is < 1 or > 8 || at + digits > text.Length
            || !int.TryParse(text.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value)
            || (uint)value > 0x10FFFF)
        {
            throw Error("a code point in hexadecimal digits is expected");
        }

        at += digits + closing;
        return value;
    }

    private CodePointSet NamedSet(bool negated)
    {
        int close = text.IndexOf('}', at);
        string name = Take("{") && close > at ? text[at..close] : throw Error("a property in braces is expected");
        at = close + 1;
        if (name.StartsWith('^'))
        {
            negated = !negated;
            name = name[1..];
        }

        CodePointSet set = UnicodeProperty.Named(name) ?? throw Error($"unknown property \"{name}\"");
        return negated ? new CodePointSet.Not(set) : set;
    }

    // After [: characters, ranges, escapes, classes within, and && for what both sides have.
    private CodePointSet Class()
    {
        if (++depth > DeepestNesting)
        {
            throw Error("it is nested too deeply");
        }

        bool negated = Take("^");
        CodePointSet? left = null;
        var sets = new List<CodePointSet>();
        bool first = true;
        while (first || at >= text.Length || text[at] != ']')
        {
            if (Take("&&"))
            {
                left = And(left, sets);
                sets = [];
            }
            else
            {
                sets.Add(Item());
            }

            first = false;
        }

        at++;
        depth--;
        CodePointSet set = And(left, sets);
        return negated ? new CodePointSet.Not(ignoreCase ? new CodePointSet.AnyCase(set) : set) : set;
    }

    private static CodePointSet And(CodePointSet? left, List<CodePointSet> sets)
    {
        CodePointSet right = sets.Count == 1 ? sets[0] : new CodePointSet.Union(sets);
        return left is null ? right : new CodePointSet.Both(left, right);
    }

    private CodePointSet Item()
    {
        if (Take("[:"))
        {
            int close = text.IndexOf(":]", at, StringComparison.Ordinal);
            string name = close > at ? text[at..close] : throw Error("a named class is not closed");
            at = close + 2;
            CodePointSet set = UnicodeProperty.Named(name.TrimStart('^')) ?? throw Error($"unknown class \"{name}\"");
            return name.StartsWith('^') ? new CodePointSet.Not(set) : set;
        }

        if (Take("["))
        {
            return Class();
        }

        CodePointSet item = Take("\\") ? EscapedSet() : Literal();
        if (item is not CodePointSet.Range { First: var from } || at + 1 >= text.Length || text[at] != '-' || text[at + 1] == ']')
        {
            return item;
        }

        at++;
        CodePointSet end = Take("\\") ? EscapedSet() : Literal();
        return end is CodePointSet.Range { Last: var to } && from <= to ? new CodePointSet.Range(from, to) : throw Error("a range is the wrong way round");
    }

    private CodePointSet.Range Literal()
    {
        int codePoint = Next();
        return new CodePointSet.Range(codePoint, codePoint);
    }
}
