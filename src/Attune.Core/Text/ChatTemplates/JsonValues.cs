using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Attune.Text.ChatTemplates;

/// <summary>JSON as values: what Python's <c>json.loads</c> makes of it, every string marked as data.</summary>
internal static class JsonValues
{
    /// <summary>How many values and characters an element holds: what budgets are measured by.</summary>
    public static (long Values, long Characters) Measure(JsonElement json, int depth = 0)
    {
        if (depth > Limits.ValueDepth)
        {
            throw new TemplateException("conversation", "a value is nested too deep");
        }

        (long values, long characters) = (1, 0);
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty property in json.EnumerateObject())
                {
                    Add(Measure(property.Value, depth + 1));
                    characters += Name(property).Length;
                }

                break;
            case JsonValueKind.Array:
                foreach (JsonElement element in json.EnumerateArray())
                {
                    Add(Measure(element, depth + 1));
                }

                break;
            default:
                characters += json.ValueKind == JsonValueKind.String ? Text(json).Length : json.GetRawText().Length;
                break;
        }

        return (values, characters);

        void Add((long Values, long Characters) more)
        {
            values += more.Values;
            characters += more.Characters;
        }
    }

    public static Value Read(Run run, JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                return new DictValue(run, json.EnumerateObject()
                    .Select(property => new KeyValuePair<Value, Value>(Data(Name(property)), Read(run, property.Value))));
            case JsonValueKind.Array:
                return new ListValue(run, [.. json.EnumerateArray().Select(element => Read(run, element))]);
            case JsonValueKind.String:
                return Data(Text(json));
            case JsonValueKind.Number:
                string raw = json.GetRawText();
                if (raw.AsSpan().IndexOfAny('.', 'e', 'E') >= 0)
                {
                    return new FloatValue(double.Parse(raw, NumberStyles.Float, CultureInfo.InvariantCulture));
                }

                return raw.Length <= Limits.NumberDigits ? new IntValue(BigInteger.Parse(raw, CultureInfo.InvariantCulture))
                    : throw run.Fail($"a whole number has more than {Limits.NumberDigits} digits");
            case JsonValueKind.True or JsonValueKind.False:
                return Value.Of(json.ValueKind == JsonValueKind.True);
            default:
                return NoneValue.Instance;
        }
    }

    public static TextValue Data(string text) => new(new TracedString(text, Origin.Data));

    private static string Name(JsonProperty property) => Valid(() => property.Name);

    private static string Text(JsonElement json) => Valid(() => json.GetString()!);

    private static string Valid(Func<string> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            throw new TemplateException("conversation", "a text holds half of a surrogate pair", "write valid Unicode");
        }
    }
}
