using System.Text.Json;
using Attune.Text;

namespace Attune.Data;

/// <summary>From lists of messages, in the spellings that are about, to a conversation that a template can render.</summary>
internal static class ConversationReader
{
    private static readonly Dictionary<string, string> Roles = new()
    {
        ["system"] = "system", ["developer"] = "developer", ["user"] = "user", ["assistant"] = "assistant", ["tool"] = "tool",
        ["human"] = "user", ["gpt"] = "assistant", ["chatgpt"] = "assistant", ["bing"] = "assistant", ["bard"] = "assistant",
        ["model"] = "assistant", ["bot"] = "assistant", ["observation"] = "tool", ["function"] = "tool", ["function_call"] = "function_call",
    };

    private static readonly HashSet<string> Known = [.. Roles.Values];

    /// <summary>The messages in a column.</summary>
    public static List<ChatMessage> Messages(DataRow row, string column)
    {
        if (!row.TryGet(column, out JsonElement list))
        {
            throw new BadRowException($"\"{column}\" is missing");
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            throw new BadRowException($"\"{column}\" must be a list of messages, not {JsonRow.Name(list.ValueKind)}", list.GetRawText());
        }

        var messages = new List<ChatMessage>(list.GetArrayLength());
        foreach (JsonElement item in list.EnumerateArray())
        {
            messages.Add(Message(item, $"{column}[{messages.Count}]"));
        }

        return messages.Count > 0 ? messages : throw new BadRowException($"\"{column}\" is empty");
    }

    /// <summary>The conversation of these messages, checked, with what else the row says about it.</summary>
    public static Conversation Conversation(DataRow row, IReadOnlyList<ChatMessage> messages)
    {
        MessageRules.Check(messages);
        return new Conversation(messages)
        {
            Tools = Json(row, "tools", JsonValueKind.Array),
            Variables = Json(row, "chat_template_kwargs", JsonValueKind.Object),
        };
    }

    private static ChatMessage Message(JsonElement item, string place)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            throw new BadRowException($"{place} must be an object with role and content, not {JsonRow.Name(item.ValueKind)}", item.GetRawText());
        }

        bool openAi = item.TryGetProperty("role", out JsonElement role);
        if (!openAi && !item.TryGetProperty("from", out role))
        {
            throw new BadRowException($"{place} has no role", item.GetRawText());
        }

        string speaker = Role(role, place, item);
        JsonElement content = item.TryGetProperty(openAi ? "content" : "value", out JsonElement value) ? value : default;
        if (speaker == "function_call")
        {
            return FunctionCall(content, place);
        }

        ChatMessage message = ChatMessage.FromJson(item);
        string? text = Text(content, place);
        return Rebuild(message, speaker, text);
    }

    private static string Role(JsonElement role, string place, JsonElement item)
    {
        string name = role.ValueKind == JsonValueKind.String ? role.GetString()! : throw new BadRowException($"{place}: the role must be text", item.GetRawText());
        if (Roles.TryGetValue(name, out string? known) || Roles.TryGetValue(name.Trim().ToLowerInvariant(), out known))
        {
            return known;
        }

        throw new BadRowException($"{place}: unknown role \"{Excerpt.Of(name)}\"{NearestName.Question(name, Known)}", item.GetRawText());
    }

    // Text, or parts that are all text; null where there is none.
    private static string? Text(JsonElement content, string place)
    {
        if (content.ValueKind is JsonValueKind.String or JsonValueKind.Null or JsonValueKind.Undefined)
        {
            return content.ValueKind == JsonValueKind.String ? content.GetString() : null;
        }

        if (content.ValueKind != JsonValueKind.Array)
        {
            throw new BadRowException($"{place}: the content must be text, not {JsonRow.Name(content.ValueKind)}", content.GetRawText());
        }

        return string.Concat(content.EnumerateArray().Select(part => part.ValueKind == JsonValueKind.String ? part.GetString()
            : part.ValueKind == JsonValueKind.Object && part.TryGetProperty("text", out JsonElement text) && text.ValueKind == JsonValueKind.String
                && (!part.TryGetProperty("type", out JsonElement type) || type.ValueKind == JsonValueKind.String && type.GetString() is "text" or "input_text" or "output_text")
                ? text.GetString()
                : throw new BadRowException($"{place}: a part of the content is not text (pictures and sounds need another task)", part.GetRawText())));
    }

    // Role and content first, under OpenAI's names; what else there is keeps its order; what is null (as columns of tables are) is left out.
    private static ChatMessage Rebuild(ChatMessage message, string role, string? content)
    {
        var result = new ChatMessage(role, content ?? "");
        if (content is null && message.ToolCalls is not null)
        {
            result = result.With("content", JsonSerializer.SerializeToElement<string?>(null));
        }

        foreach (var (name, value) in message.Fields)
        {
            if (name is not ("role" or "content" or "from" or "value") && value.ValueKind != JsonValueKind.Null)
            {
                result = result.With(name, value);
            }
        }

        return result;
    }

    // ShareGPT's {"name", "arguments"}, as text or as an object, is one call of an assistant's message.
    private static ChatMessage FunctionCall(JsonElement value, string place)
    {
        JsonElement call = value.ValueKind == JsonValueKind.String ? Parse(value.GetString()!, place) : value;
        if (call.ValueKind != JsonValueKind.Object || !call.TryGetProperty("name", out JsonElement name) || name.ValueKind != JsonValueKind.String)
        {
            throw new BadRowException($"{place}: a function call must be an object with name and arguments", value.ValueKind == JsonValueKind.Undefined ? "" : value.GetRawText());
        }

        var function = new Dictionary<string, JsonElement> { ["name"] = name, ["arguments"] = call.TryGetProperty("arguments", out JsonElement arguments) ? arguments : JsonElement.Parse("{}"u8) };
        JsonElement calls = JsonSerializer.SerializeToElement(new[] { new Dictionary<string, object> { ["type"] = "function", ["function"] = function } });
        return Rebuild(new ChatMessage("assistant", ""), "assistant", null).With("tool_calls", calls);
    }

    // A column may hold its JSON as text, as tables must.
    private static JsonElement? Json(DataRow row, string column, JsonValueKind kind)
    {
        if (!row.TryGet(column, out JsonElement value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            value = value.GetString() is { } text && !string.IsNullOrWhiteSpace(text) ? Parse(text, column) : default;
        }

        return value.ValueKind == kind ? value : value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? null
            : throw new BadRowException($"\"{column}\" must be {JsonRow.Name(kind)}, not {JsonRow.Name(value.ValueKind)}", value.GetRawText());
    }

    private static JsonElement Parse(string json, string place) =>
        JsonRow.Parse(System.Text.Encoding.UTF8.GetBytes(json), out string reason) ?? throw new BadRowException($"{place}: {reason}", json);
}
