using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Text;

namespace Attune.Data;

/// <summary>
/// The calls of an assistant's message, in the spellings that are about: OpenAI's <c>tool_calls</c> and old <c>function_call</c>, arguments as an
/// object or as JSON text, flat or under <c>function</c>, ShareGPT's <c>{"name", "arguments"}</c>. All become the same list; what is spelled so
/// already stays as it is.
/// </summary>
internal static class ToolCallReader
{
    private const string Field = "tool_calls", Old = "function_call";

    /// <summary>The calls of an OpenAI message; null where it makes none.</summary>
    /// <param name="message">The message.</param>
    /// <param name="place">Which it is, for messages.</param>
    /// <exception cref="BadRowException">They cannot be read.</exception>
    public static JsonElement? Of(ChatMessage message, string place)
    {
        JsonElement? calls = message.Field(Field) is { } given ? List(given, $"{place}.{Field}") : null;
        JsonElement? old = message.Field(Old) is { } one ? List(one, $"{place}.{Old}") : null;
        return calls is not null && old is not null ? throw new BadRowException($"{place} has tool_calls and function_call: leave one out", message.ToString()) : calls ?? old;
    }

    /// <summary>The calls that a value holds: a list, one call, or either as JSON text; null where there is none.</summary>
    /// <param name="value">The value.</param>
    /// <param name="place">Which it is, for messages.</param>
    /// <exception cref="BadRowException">They cannot be read.</exception>
    public static JsonElement? List(JsonElement value, string place)
    {
        JsonElement calls = JsonCell.Open(value, place);
        switch (calls.ValueKind)
        {
            case JsonValueKind.Object:
                return JsonCell.Build(new JsonArray(Call(calls, place)), place);
            case JsonValueKind.Array when calls.GetArrayLength() > 0:
                return JsonCell.Build(new JsonArray([.. calls.EnumerateArray().Select((call, i) => Call(call, $"{place}[{i}]"))]), place);
            case JsonValueKind.Array or JsonValueKind.Null or JsonValueKind.Undefined:
                return null;
            default:
                throw new BadRowException($"{place} must be a list of calls, not {JsonRow.Name(calls.ValueKind)}", calls.GetRawText());
        }
    }

    private static JsonObject Call(JsonElement given, string place)
    {
        JsonElement call = JsonCell.Open(given, place);
        if (call.ValueKind != JsonValueKind.Object)
        {
            throw new BadRowException($"{place}: a function call must be an object with name and arguments", Said(given));
        }

        bool isFlat = !call.TryGetProperty("function", out JsonElement function) || function.ValueKind == JsonValueKind.Null;
        function = isFlat ? call : JsonCell.Open(function, $"{place}.function");
        if (function.ValueKind != JsonValueKind.Object || !function.TryGetProperty("name", out JsonElement name) || name.ValueKind != JsonValueKind.String)
        {
            throw new BadRowException($"{place}: a function call must be an object with name and arguments", Said(given));
        }

        var result = new JsonObject();
        if (isFlat)
        {
            if (call.TryGetProperty("id", out JsonElement id) && id.ValueKind != JsonValueKind.Null)
            {
                result["id"] = JsonNode.Parse(id.GetRawText());
            }

            result["type"] = "function";
            result["function"] = new JsonObject { ["name"] = name.GetString(), ["arguments"] = Arguments(function, place) };
            return result;
        }

        // Columns of tables fill what a call lacks with null; a call without a type is one of a function.
        foreach (JsonProperty property in call.EnumerateObject().Where(property => property.Value.ValueKind != JsonValueKind.Null))
        {
            result[property.Name] = property.Name == "function" ? Function(function, place) : JsonNode.Parse(property.Value.GetRawText());
        }

        if (!result.ContainsKey("type"))
        {
            result.Insert(result.IndexOf("function"), "type", "function");
        }

        return result;
    }

    private static JsonObject Function(JsonElement function, string place)
    {
        var result = new JsonObject();
        foreach (JsonProperty property in function.EnumerateObject().Where(property => property.Value.ValueKind != JsonValueKind.Null))
        {
            result[property.Name] = property.Name == "arguments" ? Arguments(function, place) : JsonNode.Parse(property.Value.GetRawText());
        }

        if (!result.ContainsKey("arguments"))
        {
            result["arguments"] = Arguments(function, place);
        }

        return result;
    }

    // An object, whichever way it was written; a function that takes nothing may be called without.
    private static JsonNode Arguments(JsonElement function, string place)
    {
        if (!function.TryGetProperty("arguments", out JsonElement given) && !function.TryGetProperty("parameters", out given))
        {
            return new JsonObject();
        }

        JsonElement arguments = JsonCell.Open(given, $"{place}: the arguments");
        return arguments.ValueKind switch
        {
            JsonValueKind.Object => JsonNode.Parse(arguments.GetRawText())!,
            JsonValueKind.Undefined or JsonValueKind.Null => new JsonObject(),
            _ => throw new BadRowException($"{place}: the arguments must be an object, not {JsonRow.Name(arguments.ValueKind)}", Said(given)),
        };
    }

    private static string Said(JsonElement value) => value.ValueKind == JsonValueKind.Undefined ? "" : value.GetRawText();
}
