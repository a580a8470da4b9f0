using System.Globalization;
using System.Numerics;

namespace Attune.Text.ChatTemplates;

/// <summary><c>'{} and {name.attribute[0]:>5}'.format(…)</c>; attributes and elements are looked up as everywhere in templates.</summary>
internal sealed class BraceFormat
{
    private readonly Run run;
    private readonly TextValue format;
    private readonly IReadOnlyList<Value> positional;
    private readonly DictValue? named;
    private int next;
    private bool numbered;

    private BraceFormat(Run run, TextValue format, IReadOnlyList<Value> positional, DictValue? named)
    {
        this.run = run;
        this.format = format;
        this.positional = positional;
        this.named = named;
    }

    public static Value Apply(Run run, TextValue format, IReadOnlyList<Value> positional, DictValue? named) =>
        format.Like(new BraceFormat(run, format, positional, named).Format(format.Text, 2));

    private TracedString Format(TracedString pattern, int depth)
    {
        if (depth < 0)
        {
            throw run.Fail("formats are nested too deep");
        }

        var text = new TracedBuilder(run.Budget);
        string source = pattern.Value;
        for (int at = 0; at < source.Length;)
        {
            int brace = source.AsSpan(at).IndexOfAny('{', '}');
            brace = brace < 0 ? source.Length : at + brace;
            text.Append(pattern, at, brace);
            run.Budget.Step();
            if (brace == source.Length)
            {
                break;
            }

            if (brace + 1 < source.Length && source[brace + 1] == source[brace])
            {
                text.Append(pattern, brace, brace + 1);
                at = brace + 2;
                continue;
            }

            int end = source[brace] == '{' ? FieldEnd(source, brace + 1) : throw run.Fail("a single '}' in a format");
            text.Append(Field(pattern.Slice(brace + 1, end), depth));
            at = end + 1;
        }

        return text.Build();
    }

    private int FieldEnd(string source, int start)
    {
        int depth = 1;
        for (int i = start; i < source.Length; i++)
        {
            depth += source[i] == '{' ? 1 : source[i] == '}' ? -1 : 0;
            if (depth == 0)
            {
                return i;
            }
        }

        throw run.Fail("a field in a format is not closed");
    }

    private TracedString Field(TracedString field, int depth)
    {
        string source = field.Value;
        int nameEnd = 0;
        for (bool inBrackets = false; nameEnd < source.Length && (inBrackets || source[nameEnd] is not ('!' or ':')); nameEnd++)
        {
            inBrackets = source[nameEnd] == '[' || (inBrackets && source[nameEnd] != ']');
        }

        Value value = Find(source[..nameEnd]);
        int at = nameEnd;
        if (at < source.Length && source[at] == '!')
        {
            value = Converted(value, at + 1 < source.Length ? source[at + 1] : ' ');
            at += 2;
        }

        if (at < source.Length && source[at] != ':')
        {
            throw run.Fail("a format needs ':' behind a conversion");
        }

        string spec = at < source.Length ? Format(field.Slice(at + 1, source.Length), depth - 1).Value : "";
        TracedString written = Write(value, spec);
        return format.IsMarkup ? Html.Escape(run, value is TextValue { IsMarkup: true } ? value : new TextValue(written)).Text : written;
    }

    private TracedString Write(Value value, string spec) => value switch
    {
        _ when spec.Length == 0 => value.ToText(run),
        TextValue text => FormatSpec.Read(run, spec).Text(run, text.Text),
        FloatValue real => FormatSpec.Read(run, spec).Float(run, real.Number),
        _ => NumberValues.Integer(value) is BigInteger number ? FormatSpec.Read(run, spec).Integer(run, number)
            : throw run.FailOn(value, $"'{value.TypeName}' takes no format"),
    };

    private TextValue Converted(Value value, char conversion)
    {
        if (conversion == 's')
        {
            return new TextValue(value.ToText(run));
        }

        if (conversion is not ('r' or 'a'))
        {
            throw run.Fail($"'!{conversion}' is not a conversion");
        }

        var shown = new TracedBuilder(run.Budget);
        if (value is TextValue text && conversion == 'a')
        {
            TextRepr.Write(text.Text, shown, asciiOnly: true);
        }
        else
        {
            run.WriteRepr(value, shown);
        }

        return new TextValue(shown.Build());
    }

    private Value Find(string name)
    {
        int end = name.AsSpan().IndexOfAny('.', '[');
        string first = end < 0 ? name : name[..end];
        Value value = First(first);
        for (int at = first.Length; at < name.Length;)
        {
            run.Budget.Step();
            if (name[at] == '.')
            {
                int stop = name.AsSpan(at + 1).IndexOfAny('.', '[');
                stop = stop < 0 ? name.Length : at + 1 + stop;
                value = Access.Attribute(run, value, name[(at + 1)..stop]);
                at = stop;
            }
            else if (name[at] == '[' && name.IndexOf(']', at) is int close and >= 0)
            {
                string key = name[(at + 1)..close];
                value = Access.Item(run, value, int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int place) ? Value.Of(place) : Value.Of(key));
                at = close + 1;
            }
            else
            {
                throw run.Fail("only '.' or '[' may follow ']' in a format");
            }
        }

        return value;
    }

    private Value First(string name)
    {
        bool isNumber = int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int place);
        if (name.Length == 0 || isNumber)
        {
            if ((isNumber && next > 0) || (!isNumber && numbered))
            {
                throw run.Fail("a format numbers some fields and not others");
            }

            numbered |= isNumber;
            place = isNumber ? place : next++;
            return place < positional.Count ? positional[place] : throw run.Fail($"a format needs argument {place + 1}, which is not given");
        }

        return named is not null && named.TryGet(Value.Of(name), out Value? value) ? value : throw run.Fail($"a format needs '{name}', which is not given");
    }
}
