using System.Text;
using System.Text.Json;
using Attune.Text;

namespace Attune.Verification;

/// <summary>
/// Tortures the chat template interpreter: templates grown from the grammar, with names, numbers and nestings that interpreters break at,
/// of which some then lose, double or swap a piece.
/// </summary>
internal sealed class ChatTemplateTorture : ITortureTarget
{
    private static readonly string[] Names =
        ["messages", "m", "x", "l", "d", "ns", "loop", "caller", "varargs", "kwargs", "self", "range", "dict", "namespace", "cycler", "joiner", "tools", "bos_token", "q", "raise_exception", "strftime_now", "__x"];

    private static readonly string[] Attributes =
    [
        "role", "content", "a", "n", "x", "index", "last", "length", "previtem", "nextitem", "items", "keys", "values", "get", "next", "current", "__class__", "_y", "append", "upper",
        "split", "strip", "join", "replace", "format", "title", "count", "find", "startswith", "ljust", "zfill", "splitlines", "partition", "cycle", "changed", "expandtabs", "rsplit", "format_map",
    ];

    private static readonly string[] Filters =
    [
        "trim", "length", "join", "upper", "lower", "replace", "default", "selectattr", "rejectattr", "select", "reject", "map", "list", "items", "first", "last", "string", "int", "float", "dictsort",
        "sort", "unique", "capitalize", "title", "indent", "safe", "tojson", "reverse", "batch", "slice", "groupby", "sum", "min", "max", "round", "abs", "truncate", "wordwrap", "center", "escape",
        "striptags", "urlencode", "xmlattr", "format", "filesizeformat", "attr", "wordcount", "pprint", "forceescape", "count", "nope",
    ];

    private static readonly string[] Texts =
    [
        "''", "'a'", "x", "bos_token", "'aXa bXb'", "'<&>\"'", "'é😀'", "' \u2003a\tb '", "'a\nb\r\nc'", "'\u0130ßΣ'", "messages[1].content", "messages[0]['role']", "d.b", "l[0]", "'1 234.5'", "'a' 'b'",
    ];

    private static readonly string[] TextFilters =
    [
        "trim", "upper", "lower", "title", "capitalize", "indent", "indent(2, true, true)", "replace('a', 'bb')", "replace('', '-')", "escape", "safe", "center(9)", "truncate(5, true)", "truncate(9)", "wordwrap(3)",
        "striptags", "urlencode", "reverse", "string", "forceescape", "default('d')", "trim('ab')", "first", "last | default('')",
    ];

    private static readonly string[] TextMethods =
    [
        "strip()", "upper()", "lower()", "title()", "capitalize()", "swapcase()", "casefold()", "ljust(9)", "rjust(9, '.')", "center(8, '*')", "zfill(7)", "expandtabs(3)", "strip('ab')", "split('a')[0]",
        "split()[-1:] | join", "partition('a')[2]", "rpartition('b')[0]", "replace('a', '', 1)", "splitlines() | join('|')", "join(l)", "removesuffix('a')",
    ];

    private static readonly string[] Tests =
    [
        "defined", "undefined", "none", "string", "mapping", "iterable", "sequence", "number", "boolean", "odd", "even", "in [1, 2]", "divisibleby 3", "eq 1", "lt 3", "sameas none", "callable", "lower",
        "upper", "filter", "equalto 'a'", "escaped", "integer", "float", "true", "nope",
    ];

    private static readonly string[] Operators = ["+", "-", "*", "/", "//", "%", "**", "~", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "and", "or"];

    private static readonly string[] Literals =
    [
        "0", "1", "-1", "2", "3", "63", "1000", "4000000000", "99999999999999999999", "0.1", "1e308", "-0.0", "1_0", "0x1f", "''", "'a'", "'aXa bXb'", "'<&>'", "'é😀'", "'%s|%5d|%-3s|%x'", "'{} {0:>9} {:,.2f}'",
        "'a\\nb\\r\\nc'", "'%Y-%j'", "true", "false", "none", "[]", "{}", "()", "[1, 'b', none]", "{'a': 1, 'b': [2]}", "(1, (2, 3))", "'__class__'", "'%(a)s'", "'{a.b[c]!r:{w}}'", "'\\u0130ß'",
    ];

    private static readonly string[] Hostile =
    [
        "{% for i in range(99999) %}{% for j in range(99999) %}x{% endfor %}{% endfor %}", "{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}",
        "{% set ns = namespace(s='ab') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}", "{% set ns = namespace() %}{% set ns.a = ns %}{{ ns }}",
        "{% set ns = namespace(l=[]) %}{% for i in range(9999) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}", "{{ ('a' * 60000).replace('a', 'b' * 99) }}", "{{ 'x' | center(9 ** 9) }}",
        "{% set ns = namespace(i=l) %}{% for i in range(9999) %}{% set ns.i = ns.i | map('upper') %}{% endfor %}{{ ns.i | list }}", "{{ ('ab' * 30000) in ('ab' * 29999 ~ 'c') * 2 }}", "{{ 10 ** 4000 * 10 ** 4000 }}",
        "{% for i in range(9999) %}{% set _ = ('a' * 60000) | upper %}{% endfor %}", "{{ '%.9999f' % 1e300 }}", "{{ [0] * 99999 * 99999 }}", "{{ range(99999) | list | sort(reverse=true) | join | length }}",
        "{{ ('a,' * 30000).split(',') | unique | list | length }}", "{% for i in range(2000) %}{{ ('a,' * 9999).split(',') | length }}{% endfor %}", "{% for x in [[]] recursive %}{{ loop([[]]) }}{% endfor %}",
    ];

    private static readonly IReadOnlyDictionary<string, JsonElement> Variables = JsonElement.Parse("""
        {"x":"X","l":["a","b","c"],"d":{"a":1,"b":"two","n":{"x":[1,2.5,null,true]}},"bos_token":"<s>","tools":null,
        "messages":[{"role":"system","content":" be good "},{"role":"user","content":"Hi <you> & \"me\" é😀"},{"role":"assistant","content":null},{"role":"user","content":[{"type":"text","text":"ü"}]}]}
        """u8).EnumerateObject().ToDictionary(property => property.Name, property => property.Value);

    public string Name => "template";

    public byte[] Make(Random random)
    {
        var text = new StringBuilder(random.Next(5) == 0 ? "" : "{% set ns = namespace(a=1, x='y') %}{% macro q(a, b=none) %}[{{ a }}{{ caller() if caller else '' }}]{% endmacro %}");
        for (int i = random.Next(1, 6); i > 0; i--)
        {
            Statement(random, text, random.Next(1, 5));
        }

        if (random.Next(40) == 0)
        {
            text.Insert(random.Next(2) == 0 ? 0 : text.Length, Pick(random, Hostile));
        }

        if (random.Next(60) == 0)
        {
            Nest(random, text);
        }

        string template = text.ToString();
        for (int i = random.Next(3) == 0 ? random.Next(1, 4) : 0; i > 0; i--)
        {
            template = Damage(random, template);
        }

        return System.Text.Encoding.UTF8.GetBytes(template);
    }

    public void Read(byte[] input)
    {
        RenderedChat chat = ChatTemplate.Parse(System.Text.Encoding.UTF8.GetString(input), Name).Render(Variables, TimeProvider.System);
        int end = 0;
        foreach (TextRange range in chat.PlainSpans)
        {
            if (range.Start < end || range.End <= range.Start || range.End > chat.Text.Length)
            {
                throw new InvalidOperationException($"range {range} of {chat.Text.Length} characters, after {end}");
            }

            end = range.End;
        }
    }

    private static string Pick(Random random, string[] choices) => choices[random.Next(choices.Length)];

    private static string Sign(Random random) => random.Next(8) switch { 0 or 1 => "-", 2 => "+", _ => "" };

    private static void Tag(Random random, StringBuilder text, string inside) => text.Append("{%").Append(Sign(random)).Append(' ').Append(inside).Append(' ').Append(Sign(random)).Append("%}");

    private static void Body(Random random, StringBuilder text, int depth)
    {
        for (int i = random.Next(3); i >= 0; i--)
        {
            Statement(random, text, depth - 1);
        }
    }

    private static void Statement(Random random, StringBuilder text, int depth)
    {
        string E() => Expression(random, depth);
        switch (depth <= 0 ? random.Next(3) : random.Next(22))
        {
            case 0:
                text.Append(Pick(random, ["text ", "\n", "  \n  ", "<|im_start|>", "{# note #}", "{#- n -#}\n", "{% raw %}{{ x }}{% endraw %}", "}}", "é"]));
                break;
            case 1 or 2 or 3 or 4 or 5:
                text.Append("{{").Append(Sign(random)).Append(' ').Append(E()).Append(' ').Append(random.Next(4) == 0 ? "-" : "").Append("}}");
                break;
            case 6 or 7 or 8:
                Tag(random, text, "if " + E());
                Body(random, text, depth);
                if (random.Next(2) == 0)
                {
                    Tag(random, text, random.Next(2) == 0 ? "else" : "elif " + E());
                    Body(random, text, depth);
                }

                Tag(random, text, "endif");
                break;
            case 9 or 10 or 11:
                Tag(random, text, $"for {Pick(random, ["m", "x", "k, v", "q"])} in {Pick(random, ["messages", "l", "d", "d.items()", "range(5)", E(), E()])}{(random.Next(4) == 0 ? " if " + E() : "")}{(random.Next(9) == 0 ? " recursive" : "")}");
                Body(random, text, depth);
                if (random.Next(5) == 0)
                {
                    Tag(random, text, Pick(random, ["else", "break", "continue"]));
                }

                Tag(random, text, "endfor");
                break;
            case 12 or 13 or 14:
                Tag(random, text, $"set {Pick(random, ["x", "q", "q", "ns.a", "ns.x", "ns.x", random.Next(6) == 0 ? "a, b" : "d2", random.Next(9) == 0 ? "loop" : "q"])} = {Pick(random, ["namespace(a=1, x='y')", E(), E(), E()])}");
                break;
            case 15:
                Tag(random, text, "set q" + (random.Next(2) == 0 ? " | " + Pick(random, Filters) : ""));
                Body(random, text, depth);
                Tag(random, text, "endset");
                break;
            case 16:
                Tag(random, text, $"macro q(a, b={E()})");
                Body(random, text, depth);
                Tag(random, text, "endmacro");
                text.Append("{{ q(" + E() + ") }}");
                break;
            case 17:
                Tag(random, text, Pick(random, ["call q(1)", "call(m) q(x)", "call x.upper()"]));
                Body(random, text, depth);
                Tag(random, text, "endcall");
                break;
            case 18:
                Tag(random, text, "filter " + Pick(random, Filters));
                Body(random, text, depth);
                Tag(random, text, "endfilter");
                break;
            case 19:
                Tag(random, text, "generation");
                Body(random, text, depth);
                Tag(random, text, "endgeneration");
                break;
            case 20:
                Tag(random, text, $"with a = {E()}, q = {E()}");
                Body(random, text, depth);
                Tag(random, text, "endwith");
                break;
            default:
                Tag(random, text, "autoescape " + E());
                Body(random, text, depth);
                Tag(random, text, "endautoescape");
                break;
        }
    }

    // Mostly of the kind that fits its place, so that templates get far; now and then anything at all.
    private static string Expression(Random random, int depth) => random.Next(12) switch
    {
        0 => Wild(random, depth),
        1 or 2 or 3 or 4 or 5 => Words(random, depth),
        6 or 7 => Number(random, depth),
        8 or 9 or 10 => List(random, depth),
        _ => Truth(random, depth),
    };

    private static string Words(Random random, int depth)
    {
        string T() => Words(random, depth - 1);
        if (random.Next(60) == 0)
        {
            return Wild(random, depth);
        }

        return depth <= 0 ? Pick(random, Texts) : random.Next(16) switch
        {
            0 or 1 => Pick(random, Texts),
            2 or 3 => $"{T()} | {Pick(random, TextFilters)}",
            4 or 5 => $"({T()}).{Pick(random, TextMethods)}",
            6 => $"({T()}).{Pick(random, ["replace({0}, 'é')", "replace('a', {0})", "removeprefix({0})", "strip({0})", "rstrip({0})"]).Replace("{0}", T(), StringComparison.Ordinal)}",
            7 => $"({T()} ~ {Expression(random, depth - 1)} ~ {T()})",
            8 => $"({T()} + {T()})",
            9 => $"({T()})[{Pick(random, ["0", "-1", ":2", "1:", "::-1", ":-1", "1:9:2"])}]",
            10 => $"({T()} if {Truth(random, depth - 1)} else {T()})",
            11 => $"{List(random, depth - 1)} | join({T()})",
            12 => $"{Expression(random, depth - 1)} | {Pick(random, ["tojson", "tojson(indent=2)", "string", "default('-', true)", "escape"])}",
            13 => $"{Number(random, depth - 1)} | string",
            14 => $"'{Pick(random, ["%s", "%5s|", "%r", "%%%s"])}' % ({T()},)",
            _ => $"'{Pick(random, ["{}", "{0}{0}", "{:>9}", "{!r}"])}'.format({T()})",
        };
    }

    private static string Number(Random random, int depth)
    {
        string N() => Number(random, depth - 1);
        return depth <= 0 ? Pick(random, ["0", "1", "-1", "2", "3.5", "63", "1000", "d.a"]) : random.Next(9) switch
        {
            0 or 1 => Pick(random, ["0", "1", "2", "7", "0.1", "1e15", "99999999999999999999"]),
            2 => $"{Words(random, depth - 1)} | length",
            3 => $"{List(random, depth - 1)} | length",
            4 => $"({N()} {Pick(random, ["+", "-", "*", "//", "%", "/"])} {N()})",
            5 => $"({N()}) | {Pick(random, ["int", "float", "abs", "round", "round(1)", "round(2, 'ceil')"])}",
            6 => $"({Words(random, depth - 1)}).{Pick(random, ["find('a')", "count('a')", "rfind(x)"])}",
            7 => $"{Words(random, depth - 1)} | {Pick(random, ["int", "float", "wordcount", "int(3, 16)"])}",
            _ => $"-({N()})",
        };
    }

    private static string List(Random random, int depth)
    {
        string L() => List(random, depth - 1);
        return depth <= 0 ? Pick(random, ["messages", "l", "[]", "[1, 2]", "'abc'", "d"]) : random.Next(12) switch
        {
            0 or 1 or 2 => Pick(random, ["messages", "l", "(1, 2)", "['b', 'A', 'c']", "range(4)", "d.keys()"]),
            3 => $"[{Expression(random, depth - 1)}, {Expression(random, depth - 1)}]",
            4 => $"({Words(random, depth - 1)}).{Pick(random, ["split()", "split('a')", "rsplit(' ', 1)", "splitlines()", "partition('a')"])}",
            5 => $"({L()} | list)[{Pick(random, ["1:", ":-1", "::-1", ":2", "::2"])}]",
            6 => $"{L()} | map('{Pick(random, ["string", "tojson", "default", "list", "length", "upper"])}') | list",
            7 => $"messages | {Pick(random, ["selectattr('role', 'equalto', 'user')", "rejectattr('content', 'none')", "map(attribute='role')", "groupby('role')", "sort(attribute='role')"])} | list",
            8 => $"{L()} | {Pick(random, ["reverse | list", "list", "batch(2) | list", "batch(2, 0) | list", "slice(2) | list", "select | list", "reject('none') | list", "map('string') | unique | list", "map('string') | sort"])}",
            9 => $"({L()} | list + [{Expression(random, depth - 1)}])",
            10 => Pick(random, ["d | items | list", "d | dictsort", "d.values() | list", "d.items()", "{'a': 1, 'b': 2}.items() | list"]),
            _ => $"({L()} if {Truth(random, depth - 1)} else {L()})",
        };
    }

    private static string Truth(Random random, int depth)
    {
        string E() => Expression(random, depth - 1);
        return depth <= 0 ? Pick(random, ["true", "false", "x", "l", "none", "tools", "nope"]) : random.Next(8) switch
        {
            0 or 1 => $"({E()} is {(random.Next(4) == 0 ? "not " : "")}{Pick(random, Tests[..11])})",
            2 => $"({Words(random, depth - 1)} {Pick(random, ["==", "!=", "<", "in", "not in"])} {Words(random, depth - 1)})",
            3 => $"({Number(random, depth - 1)} {Pick(random, ["==", "<", ">=", "!="])} {Number(random, depth - 1)})",
            4 => $"({E()} {Pick(random, ["and", "or"])} {E()})",
            5 => $"(not {E()})",
            6 => $"({E()} in {List(random, depth - 1)})",
            _ => $"({Words(random, depth - 1)}).{Pick(random, ["startswith('a')", "endswith(('a', x))", "isdigit()", "isupper()", "islower()", "isspace()", "isalnum()", "istitle()", "isidentifier()"])}",
        };
    }

    private static string Wild(Random random, int depth)
    {
        string E() => Expression(random, depth - 1);
        if (depth <= 0)
        {
            return random.Next(2) == 0 ? Pick(random, Names) : Pick(random, Literals);
        }

        return random.Next(16) switch
        {
            0 or 1 => Pick(random, Names),
            2 => Pick(random, Literals),
            3 => $"{E()}.{Pick(random, Attributes)}",
            4 => $"{E()}.{Pick(random, Attributes)}({Arguments(random, depth)})",
            5 => $"{E()}[{E()}]",
            6 => $"{E()}[{Pick(random, ["", "1", "-1", "99"])}:{Pick(random, ["", "2", "-2", E()])}{Pick(random, ["", ":", ":-1", ":2"])}]",
            7 or 8 or 9 => $"{E()} | {Pick(random, Filters)}{(random.Next(2) == 0 ? $"({Arguments(random, depth)})" : "")}",
            10 => $"{E()} is {(random.Next(4) == 0 ? "not " : "")}{Pick(random, Tests)}",
            11 or 12 => $"({E()} {Pick(random, Operators)} {E()})",
            13 => $"({E()} if {E()}{(random.Next(2) == 0 ? " else " + E() : "")})",
            14 => Pick(random, [$"[{E()}, {E()}]", $"{{'a': {E()}, {E()}: 1}}", $"not {E()}", $"-{E()}", $"({E()}, {E()})"]),
            _ => $"{Pick(random, Names)}({Arguments(random, depth)})",
        };
    }

    private static string Arguments(Random random, int depth)
    {
        string E() => Expression(random, depth - 2);
        return random.Next(9) switch
        {
            0 or 1 => "",
            2 or 3 or 4 => E(),
            5 => $"{E()}, {E()}",
            6 => Pick(random, ["attribute='role'", "'role', 'equalto', 'user'", "indent=2", "'upper'", "sep=','", "true", "separators=(',', ':')", "default=0", "reverse=true", "attribute='n.x.0'"]),
            7 => Pick(random, ["*l", "**d", "*[1, 2], **{'a': 1}", "a=1", "caller=1"]),
            _ => $"{E()}, {E()}, {E()}",
        };
    }

    // Chains and nestings that recursion would not survive.
    private static void Nest(Random random, StringBuilder text)
    {
        int count = 1 << random.Next(3, 14);
        (string open, string close) = random.Next(12) switch
        {
            0 => ("(", ")"),
            1 => ("[", "]"),
            2 => ("{'a':", "}"),
            3 => ("not ", ""),
            4 => ("-", ""),
            5 => ("1 if 1 else ", ""),
            6 => ("", ".a"),
            7 => ("", "|list"),
            8 => ("", " + 1"),
            9 => ("", "()"),
            10 => ("", " is defined"),
            _ => ("", "[0]"),
        };
        text.Append("{{ ").Insert(text.Length, open, count).Append('1').Insert(text.Length, close, count).Append(" }}");
        if (random.Next(3) == 0)
        {
            text.Insert(text.Length, "{% if 1 %}", count).Insert(text.Length, "{% endif %}", count);
        }
    }

    private static string Damage(Random random, string template)
    {
        int at = random.Next(template.Length + 1), length = Math.Min(random.Next(1, 12), template.Length - at);
        string piece = template.Substring(at, length);
        return random.Next(5) switch
        {
            0 => template.Remove(at, length),
            1 => template.Insert(at, piece),
            2 => template.Insert(at, Pick(random, ["{{", "}}", "{%", "%}", "{#", "#}", "'", "\"", "(", "]", "|", ".", "-", "\\", "\0", "%", "\ud83d", "loop", " is ", " if "])),
            3 => template[..at],
            _ => template.Remove(at, length).Insert(random.Next(template.Length - length + 1), piece),
        };
    }
}
