using System.Globalization;
using System.Numerics;
using System.Text;

namespace Attune.Text.ChatTemplates;

/// <summary>
/// Cuts a template into tokens, with Jinja2's whitespace rules as transformers sets them: trim_blocks (the newline after a
/// block or comment goes), lstrip_blocks (blanks before one at a line's start go), one newline at the template's end goes.
/// </summary>
internal sealed class Lexer
{
    private static readonly string[] Operators =
        ["//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";"];

    private readonly string source;
    private readonly string place;
    private readonly List<Token> tokens = [];
    private readonly Stack<char> open = new();
    private int position;
    private int line = 1;

    // Whether the last thing read ended with a newline: then blanks before the next block stand at a line's start.
    private bool lineStarting = true;

    private Lexer(string source, string place)
    {
        string text = NormalizeNewlines(source);
        this.source = text.EndsWith('\n') ? text[..^1] : text;
        this.place = place;
    }

    public static List<Token> Read(string source, string place)
    {
        var lexer = new Lexer(source, place);
        while (lexer.position < lexer.source.Length)
        {
            lexer.ReadTextAndTag();
        }

        lexer.Add(TokenKind.End, "");
        return lexer.tokens;
    }

    private static string NormalizeNewlines(string text) => text.Replace("\r\n", "\n").Replace('\r', '\n');

    private void ReadTextAndTag()
    {
        int begin = position;
        while (begin < source.Length && !(source[begin] == '{' && begin + 1 < source.Length && source[begin + 1] is '{' or '%' or '#'))
        {
            begin = source.IndexOf('{', begin + (source[begin] == '{' ? 1 : 0));
            begin = begin < 0 ? source.Length : begin;
        }

        if (begin == source.Length)
        {
            AddText(source[position..]);
            Advance(begin);
            return;
        }

        char kind = source[begin + 1];
        int after = begin + 2;
        char sign = after < source.Length && source[after] is '-' or '+' ? source[after] : ' ';
        after += sign == ' ' ? 0 : 1;
        AddText(Strip(source[position..begin], sign, kind == '{'));
        Advance(begin);
        if (kind == '%' && RawBegin(after) is int raw)
        {
            Advance(raw);
            ReadRaw();
        }
        else if (kind == '#')
        {
            Advance(after);
            SkipComment();
        }
        else
        {
            Add(kind == '{' ? TokenKind.VariableBegin : TokenKind.BlockBegin, "");
            Advance(after);
            ReadTag(kind == '{');
        }
    }

    private string Strip(string text, char sign, bool variable)
    {
        if (sign == '-')
        {
            int end = text.Length;
            while (end > 0 && Characters.IsSpace(text[end - 1]))
            {
                end--;
            }

            return text[..end];
        }

        if (sign == '+' || variable)
        {
            return text;
        }

        int start = text.LastIndexOf('\n') + 1;
        bool blank = start < text.Length;
        for (int i = start; i < text.Length; i++)
        {
            blank &= Characters.IsSpace(text[i]);
        }

        return blank && (start > 0 || lineStarting) ? text[..start] : text;
    }

    // After "{%" and its sign: the end of a whole "raw" tag, or null where this is another tag.
    private int? RawBegin(int at)
    {
        at = SkipSpace(at);
        if (string.CompareOrdinal(source, at, "raw", 0, 3) != 0)
        {
            return null;
        }

        at = SkipSpace(at + 3);
        return At(at, "-%}") ? SkipSpace(at + 3) : At(at, "%}") ? at + 2 : null;
    }

    private void ReadRaw()
    {
        for (int at = source.IndexOf("{%", position, StringComparison.Ordinal); at >= 0; at = source.IndexOf("{%", at + 2, StringComparison.Ordinal))
        {
            int after = at + 2;
            char sign = after < source.Length && source[after] is '-' or '+' ? source[after] : ' ';
            after = SkipSpace(after + (sign == ' ' ? 0 : 1));
            if (!At(after, "endraw"))
            {
                continue;
            }

            if (TagEnd(SkipSpace(after + 6), "%}", plus: true, trim: true) is int end)
            {
                AddText(Strip(source[position..at], sign, variable: false));
                Advance(end);
                return;
            }
        }

        throw Fail("a raw block is not closed");
    }

    private void SkipComment()
    {
        int end = source.IndexOf("#}", position, StringComparison.Ordinal);
        if (end < 0)
        {
            throw Fail("a comment is not closed");
        }

        bool signed = end > position && source[end - 1] is '-' or '+';
        Advance(TagEnd(signed ? end - 1 : end, "#}", plus: true, trim: true)!.Value);
    }

    // Where a tag's end stands at this place: the place behind it and behind the whitespace that it takes away.
    private int? TagEnd(int at, string end, bool plus, bool trim)
    {
        if (plus && At(at, "+" + end))
        {
            return at + 3;
        }

        if (At(at, "-" + end))
        {
            return SkipSpace(at + 3);
        }

        if (At(at, end))
        {
            return trim && at + 2 < source.Length && source[at + 2] == '\n' ? at + 3 : at + 2;
        }

        return null;
    }

    private void ReadTag(bool variable)
    {
        while (position < source.Length)
        {
            if (open.Count == 0 && TagEnd(position, variable ? "}}" : "%}", plus: !variable, trim: !variable) is int end)
            {
                Add(variable ? TokenKind.VariableEnd : TokenKind.BlockEnd, "");
                Advance(end);
                return;
            }

            char c = source[position];
            if (Characters.IsSpace(c))
            {
                Advance(SkipSpace(position));
            }
            else if (char.IsAsciiDigit(c))
            {
                ReadNumber();
            }
            else if (IsNamePart(c))
            {
                ReadName();
            }
            else if (c is '\'' or '"')
            {
                ReadString();
            }
            else
            {
                ReadOperator();
            }
        }
    }

    private void ReadName()
    {
        int end = position;
        while (end < source.Length && IsNamePart(source[end]))
        {
            end++;
        }

        Add(TokenKind.Name, source[position..end]);
        Advance(end);
    }

    private void ReadNumber()
    {
        int end = FloatEnd();
        if (end > 0)
        {
            string text = source[position..end].Replace("_", "");
            Add(new Token(TokenKind.Float, text, line, Float: double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)));
        }
        else
        {
            end = IntegerEnd(out int radix);
            string digits = source[(position + (radix == 10 ? 0 : 2))..end].Replace("_", "");
            if (digits.Length > Limits.NumberDigits)
            {
                throw Fail($"a number has more than {Limits.NumberDigits} digits");
            }

            Add(new Token(TokenKind.Integer, source[position..end], line, Integer: Numbers.ParseDigits(digits, radix)));
        }

        Advance(end);
    }

    // A point or an exponent makes a number a float; digits may be parted by single underscores.
    private int FloatEnd()
    {
        if (position > 0 && source[position - 1] == '.')
        {
            return -1;
        }

        int whole = DigitsEnd(position, char.IsAsciiDigit);
        int end = whole;
        if (end + 1 < source.Length && source[end] == '.' && char.IsAsciiDigit(source[end + 1]))
        {
            end = DigitsEnd(end + 1, char.IsAsciiDigit);
        }

        if (end < source.Length && source[end] is 'e' or 'E')
        {
            int exponent = end + 1;
            exponent += exponent < source.Length && source[exponent] is '+' or '-' ? 1 : 0;
            if (exponent < source.Length && char.IsAsciiDigit(source[exponent]))
            {
                return DigitsEnd(exponent, char.IsAsciiDigit);
            }
        }

        return end > whole ? end : -1;
    }

    private int IntegerEnd(out int radix)
    {
        radix = 10;
        if (source[position] != '0')
        {
            return DigitsEnd(position, char.IsAsciiDigit);
        }

        (int other, Func<char, bool> isDigit) = (position + 1 < source.Length ? char.ToLowerInvariant(source[position + 1]) : ' ') switch
        {
            'b' => (2, c => c is '0' or '1'),
            'o' => (8, c => c is >= '0' and <= '7'),
            'x' => (16, char.IsAsciiHexDigit),
            _ => (10, (Func<char, bool>)char.IsAsciiDigit),
        };
        int start = position + 2;
        start += start < source.Length && source[start] == '_' ? 1 : 0;
        if (other != 10 && start < source.Length && isDigit(source[start]))
        {
            radix = other;
            return DigitsEnd(start, isDigit);
        }

        return DigitsEnd(position, c => c == '0');
    }

    private int DigitsEnd(int at, Func<char, bool> isDigit)
    {
        while (at < source.Length && (isDigit(source[at]) || (source[at] == '_' && at + 1 < source.Length && isDigit(source[at + 1]))))
        {
            at++;
        }

        return at;
    }

    private void ReadString()
    {
        char quote = source[position];
        int end = position + 1;
        while (end < source.Length && source[end] != quote)
        {
            end += source[end] == '\\' ? 2 : 1;
        }

        if (end >= source.Length)
        {
            throw Fail("a string is not closed");
        }

        Add(TokenKind.String, Unescape(source[(position + 1)..end]));
        Advance(end + 1);
    }

    private string Unescape(string text)
    {
        if (!text.Contains('\\'))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                result.Append(text[i]);
                continue;
            }

            char c = text[++i];
            switch (c)
            {
                case '\n': break;
                case '\\' or '\'' or '"': result.Append(c); break;
                case 'a': result.Append('\a'); break;
                case 'b': result.Append('\b'); break;
                case 'f': result.Append('\f'); break;
                case 'n': result.Append('\n'); break;
                case 'r': result.Append('\r'); break;
                case 't': result.Append('\t'); break;
                case 'v': result.Append('\v'); break;
                case 'x': i = AppendHex(result, text, i + 1, 2); break;
                case 'u': i = AppendHex(result, text, i + 1, 4); break;
                case 'U': i = AppendHex(result, text, i + 1, 8); break;
                case 'N': throw Fail("\\N{…} in a string is not supported; write \\u and four digits");
                case >= '0' and <= '7':
                    int value = 0, digits = 0;
                    for (; digits < 3 && i + digits < text.Length && text[i + digits] is >= '0' and <= '7'; digits++)
                    {
                        value = (value * 8) + text[i + digits] - '0';
                    }

                    result.Append((char)value);
                    i += digits - 1;
                    break;
                case > '\x7f':
                    // Python turns what is not ASCII into \x.. or \u.... first, so that the backslash before it escapes that one's.
                    int code = Characters.At(text, i);
                    result.Append('\\').Append(code < 0x100 ? $"x{code:x2}" : code < 0x10000 ? $"u{code:x4}" : $"U{code:x8}");
                    i += code > 0xffff ? 1 : 0;
                    break;
                default: result.Append('\\').Append(c); break;
            }
        }

        return result.ToString();
    }

    private int AppendHex(StringBuilder result, string text, int at, int digits)
    {
        if (at + digits > text.Length || !int.TryParse(text.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, null, out int value)
            || value is < 0 or > 0x10ffff)
        {
            throw Fail($"an escape in a string needs {digits} hexadecimal digits of a character");
        }

        if (value < 0x10000)
        {
            result.Append((char)value);
        }
        else
        {
            result.Append(char.ConvertFromUtf32(value));
        }

        return at + digits - 1;
    }

    private void ReadOperator()
    {
        string? text = Operators.FirstOrDefault(candidate => At(position, candidate));
        switch (text)
        {
            case null:
                throw Fail($"unexpected character '{source[position]}'");
            case "(" or "[" or "{":
                if (open.Count >= Limits.Nesting)
                {
                    throw Fail($"brackets are nested more than {Limits.Nesting} deep");
                }

                open.Push(text == "(" ? ')' : text == "[" ? ']' : '}');
                break;
            case ")" or "]" or "}":
                if (open.Count == 0 || open.Pop() != text[0])
                {
                    throw Fail($"unexpected '{text}'");
                }

                break;
        }

        Add(TokenKind.Operator, text);
        Advance(position + text.Length);
    }

    private void AddText(string text)
    {
        if (text.Length > 0)
        {
            Add(TokenKind.Data, text);
        }
    }

    private void Add(TokenKind kind, string text) => Add(new Token(kind, text, line));

    private void Add(Token token) => tokens.Add(token);

    private void Advance(int to)
    {
        if (to > position)
        {
            line += source.AsSpan(position, to - position).Count('\n');
            lineStarting = source[to - 1] == '\n';
            position = to;
        }
    }

    private bool At(int at, string text) => string.CompareOrdinal(source, at, text, 0, text.Length) == 0;

    private int SkipSpace(int at)
    {
        while (at < source.Length && Characters.IsSpace(source[at]))
        {
            at++;
        }

        return at;
    }

    private static bool IsNamePart(char c) => c == '_' || char.IsLetterOrDigit(c)
        || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
            or UnicodeCategory.ConnectorPunctuation or UnicodeCategory.LetterNumber;

    private TemplateException Fail(string problem) => new($"{place}:{line}", problem);
}
