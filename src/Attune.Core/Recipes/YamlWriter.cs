using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attune.Recipes;

/// <summary>JSON as plain block YAML, which <see cref="YamlReader"/> and every other YAML reader take for the same.</summary>
internal static class YamlWriter
{
    public static string Write(JsonObject root)
    {
        var yaml = new StringBuilder();
        Map(yaml, root, 0);
        return yaml.ToString();
    }

    private static void Map(StringBuilder yaml, JsonObject map, int indent)
    {
        foreach ((string key, JsonNode? value) in map)
        {
            yaml.Append(' ', indent).Append(Text(key)).Append(':');
            Value(yaml, value, indent + 2);
        }
    }

    private static void Value(StringBuilder yaml, JsonNode? value, int indent)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } map:
                yaml.Append('\n');
                Map(yaml, map, indent);
                break;

            case JsonArray { Count: > 0 } list:
                yaml.Append('\n');
                foreach (JsonNode? item in list)
                {
                    yaml.Append(' ', indent).Append('-');
                    Value(yaml, item, indent + 2);
                }

                break;

            default:
                yaml.Append(' ').Append(Scalar(value)).Append('\n');
                break;
        }
    }

    private static string Scalar(JsonNode? value) => value switch
    {
        null => "null",
        JsonObject => "{}",
        JsonArray => "[]",
        _ when value.GetValueKind() == JsonValueKind.String => Text(value.GetValue<string>()),
        _ => value.ToJsonString(),
    };

    // Plain where nobody could take it for anything but this text.
    private static string Text(string text) =>
        text.Length > 0 && char.IsAsciiLetter(text[0]) && text[^1] != ' '
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/' or ' ')
        && text.ToLowerInvariant() is not ("null" or "true" or "false" or "yes" or "no" or "on" or "off" or "y" or "n")
            ? text : Quoted(text);

    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\t' => "\\t",
                < ' ' or '\u007F' or '\u0085' or '\u00A0' or '\u2028' or '\u2029' or '\uFEFF' or '\uFFFE' or '\uFFFF' => $"\\u{(int)c:X4}",
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }
}
