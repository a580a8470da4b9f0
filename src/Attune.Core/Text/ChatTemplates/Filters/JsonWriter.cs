using System.Globalization;

namespace Attune.Text.ChatTemplates;

/// <summary>The filter <c>tojson</c>, as Python's <c>json.dumps</c> writes: ", " and ": " between, nothing escaped that need not be.</summary>
internal sealed class JsonWriter
{
    private readonly Run run;
    private readonly TracedBuilder to;
    private readonly bool ascii;
    private readonly bool sortKeys;
    private readonly TracedString? indent;
    private readonly TracedString comma;
    private readonly TracedString colon;

    private JsonWriter(Run run, Bound bound)
    {
        this.run = run;
        to = new TracedBuilder(run.Budget);
        ascii = bound.IsTrue(0);
        sortKeys = bound.IsTrue(3);
        indent = !bound.Has(1) ? null : bound[1] is TextValue own ? own.Text : new TracedBuilder(run.Budget).Repeat(' ', bound.Integer(1)).Build();
        comma = new TracedString(indent is null ? ", " : ",");
        colon = new TracedString(": ");
        if (bound.Has(2))
        {
            List<Value> separators = SequenceFilters.Collect(run, bound[2]!);
            if (separators is not [TextValue first, TextValue second])
            {
                throw run.Fail("tojson needs two strings as separators");
            }

            (comma, colon) = (first.Text, second.Text);
        }
    }

    public static Value Filter(Run run, Value input, Arguments arguments)
    {
        var writer = new JsonWriter(run, arguments.Bind(run, "tojson", ["ensure_ascii", "indent", "separators", "sort_keys"], 0));
        writer.Write(input, 0);
        return new TextValue(writer.to.Build());
    }

    private void Write(Value value, int level)
    {
        run.Budget.Step();
        switch (value)
        {
            case TextValue text:
                WriteText(text.Text);
                break;
            case NoneValue or BoolValue or IntValue or FloatValue:
                to.Append(Scalar(value));
                break;
            case ListValue list:
                WriteAll("[", "]", list.Items, level, item => Write(item, level + 1));
                break;
            case DictValue dict:
                WriteAll("{", "}", Entries(dict), level, entry =>
                {
                    WriteText(entry.Key);
                    to.Append(colon);
                    Write(entry.Value, level + 1);
                });
                break;
            default:
                throw run.FailOn(value, $"'{value.TypeName}' cannot be written as JSON");
        }
    }

    private void WriteAll<T>(string begin, string end, IReadOnlyList<T> items, int level, Action<T> write)
    {
        to.Append(begin);
        for (int i = 0; i < items.Count; i++)
        {
            to.Append(i > 0 ? comma : TracedString.Empty);
            Break(level + 1);
            write(items[i]);
        }

        if (items.Count > 0)
        {
            Break(level);
        }

        to.Append(end);
    }

    private void Break(int level)
    {
        if (indent is not null)
        {
            to.Append("\n");
            for (int i = 0; i < level; i++)
            {
                to.Append(indent);
            }
        }
    }

    private List<KeyValuePair<TracedString, Value>> Entries(DictValue dict)
    {
        List<Value> pairs = SequenceFilters.Collect(run, new DictView(dict, "items"));
        pairs = sortKeys ? Sorting.By(run, pairs, pair => ((ListValue)pair).Items[0], reverse: false) : pairs;
        var entries = new List<KeyValuePair<TracedString, Value>>();
        foreach (Value pair in pairs)
        {
            Value key = ((ListValue)pair).Items[0];
            TracedString name = key switch
            {
                TextValue text => text.Text,
                NoneValue or BoolValue or IntValue or FloatValue => new TracedString(Scalar(key)),
                _ => throw run.Fail($"'{key.TypeName}' cannot be a key in JSON"),
            };
            entries.Add(new(name, ((ListValue)pair).Items[1]));
        }

        return entries;
    }

    private static string Scalar(Value value) => value switch
    {
        NoneValue => "null",
        BoolValue => value.IsTrue ? "true" : "false",
        IntValue integer => integer.Number.ToString(CultureInfo.InvariantCulture),
        FloatValue { Number: double.PositiveInfinity } => "Infinity",
        FloatValue { Number: double.NegativeInfinity } => "-Infinity",
        FloatValue { Number: double.NaN } => "NaN",
        _ => Numbers.Repr(((FloatValue)value).Number),
    };

    private void WriteText(TracedString text)
    {
        to.Append("\"");
        int plain = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text.Value[i];
            string? escape = c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\f' => "\\f",
                '\b' => "\\b",
                < ' ' => $"\\u{(int)c:x4}",
                > '~' when ascii => $"\\u{(int)c:x4}",
                _ => null,
            };
            if (escape is not null)
            {
                to.Append(text, plain, i).Append(escape, text.OriginAt(i));
                plain = i + 1;
            }
        }

        to.Append(text, plain, text.Length).Append("\"");
    }
}
