using System.Text.Json;
using Attune.Text;
using Attune.Text.ChatTemplates;

namespace Attune.Data;

/// <summary>From lists of messages, in the spellings that are about, to a conversation that a template can render.</summary>
internal static class ConversationReader
{
    /// <summary>The conversation in a column that holds a list of messages, as JSON text or not; null where the column is there and holds nothing.</summary>
    public static Conversation? Conversation(DataRow row, string column) =>
        row.Fields.TryGetProperty(column, out JsonElement list) && JsonCell.IsBlank(list) ? null : Conversation(row, Messages(row, column));

    /// <summary>The messages in a column: a list, one message, or either as JSON text.</summary>
    public static List<ChatMessage> Messages(DataRow row, string column)
    {
        if (!row.TryGet(column, out JsonElement given))
        {
            throw new BadRowException($"\"{column}\" is missing");
        }

        if (JsonCell.IsPlainText(given))
        {
            throw new BadRowException($"\"{column}\" must be a list of messages, not a string", given.GetRawText());
        }

        JsonElement list = JsonCell.Open(given, column);
        JsonElement[] items = list.ValueKind switch
        {
            JsonValueKind.Array => [.. list.EnumerateArray()],
            JsonValueKind.Object => [list],
            JsonValueKind.Undefined => [],
            _ => throw new BadRowException($"\"{column}\" must be a list of messages, not {JsonRow.Name(list.ValueKind)}", given.GetRawText()),
        };
        var messages = new List<ChatMessage>(items.Length);
        for (int i = 0; i < items.Length; i++)
        {
            (ChatMessage message, bool isCall) = Message(items[i], $"{column}[{i}]");
            if (isCall && Joined(messages.LastOrDefault(), message) is { } joined)
            {
                messages[^1] = joined;
            }
            else
            {
                messages.Add(message);
            }
        }

        return messages.Count > 0 ? messages : throw new BadRowException($"\"{column}\" is empty");
    }

    /// <summary>The conversation of these messages, checked, with what else the row says about it.</summary>
    public static Conversation Conversation(DataRow row, IReadOnlyList<ChatMessage> messages)
    {
        MessageRules.Check(messages);
        return new Conversation(messages) { Tools = ToolsReader.Read(row), Variables = Variables(row) };
    }

    private static (ChatMessage Message, bool IsCall) Message(JsonElement given, string place)
    {
        JsonElement item = given.ValueKind == JsonValueKind.String && given.GetString()!.TrimStart().StartsWith('{') ? JsonCell.Open(given, place) : given;
        if (item.ValueKind != JsonValueKind.Object)
        {
            throw new BadRowException($"{place} must be an object with role and content, not {JsonRow.Name(item.ValueKind)}", item.GetRawText());
        }

        bool openAi = Has(item, "role", out JsonElement role);
        if (!openAi && !Has(item, "from", out role))
        {
            throw new BadRowException($"{place} has no role", item.GetRawText());
        }

        string speaker = Role(role, place, item);
        JsonElement content = Has(item, openAi ? "content" : "value", out JsonElement own) || Has(item, openAi ? "value" : "content", out own) ? own : default;
        ChatMessage message = ChatMessage.FromJson(item);
        if (speaker == RoleNames.Call)
        {
            JsonElement calls = ToolCallReader.List(content, place) ?? throw new BadRowException($"{place}: a function call must be an object with name and arguments", item.GetRawText());
            return (Rebuild(message, "assistant", null, calls), true);
        }

        string? text = speaker == "tool" ? Result(content) ?? Text(content, place) : Text(content, place);
        return (Rebuild(message, speaker, text, ToolCallReader.Of(message, place)), false);
    }

    private static bool Has(JsonElement item, string name, out JsonElement value) => item.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    private static string Role(JsonElement role, string place, JsonElement item)
    {
        string name = role.ValueKind == JsonValueKind.String ? role.GetString()! : throw new BadRowException($"{place}: the role must be text", item.GetRawText());
        return RoleNames.Find(name)
            ?? throw new BadRowException($"{place}: unknown role \"{Excerpt.Of(name)}\"{NearestName.Question(name, RoleNames.Known)}", item.GetRawText());
    }

    // Text, or parts that are all text; null where there is none.
    private static string? Text(JsonElement content, string place)
    {
        if (content.ValueKind is JsonValueKind.String or JsonValueKind.Null or JsonValueKind.Undefined)
        {
            return content.ValueKind == JsonValueKind.String ? content.GetString() : null;
        }

        return content.ValueKind == JsonValueKind.Array ? string.Concat(content.EnumerateArray().Select(part => Part(part)
                ?? throw new BadRowException($"{place}: a part of the content is not text (pictures and sounds need another task)", part.GetRawText())))
            : throw new BadRowException($"{place}: the content must be text, not {JsonRow.Name(content.ValueKind)}", content.GetRawText());
    }

    private static string? Part(JsonElement part)
    {
        if (part.ValueKind == JsonValueKind.String)
        {
            return part.GetString();
        }

        bool isText = part.ValueKind == JsonValueKind.Object && part.TryGetProperty("text", out JsonElement text) && text.ValueKind == JsonValueKind.String
            && (!part.TryGetProperty("type", out JsonElement type) || type.ValueKind == JsonValueKind.String && type.GetString() is "text" or "input_text" or "output_text");
        return isText ? part.GetProperty("text").GetString() : null;
    }

    // What a tool answers may be any JSON; a template is given text, as tools return it. Null where it is text already, alone or in parts.
    private static string? Result(JsonElement content) => content.ValueKind switch
    {
        JsonValueKind.Object or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => JsonText.Of(content),
        JsonValueKind.Array when content.EnumerateArray().Any(part => part.ValueKind == JsonValueKind.String || Part(part) is null) => JsonText.Of(content),
        _ => null,
    };

    // Role and content first, under OpenAI's names; what else there is keeps its order; what is null (as columns of tables are) is left out.
    private static ChatMessage Rebuild(ChatMessage message, string role, string? content, JsonElement? calls)
    {
        var result = new ChatMessage(role, content ?? "");
        if (calls is not null && string.IsNullOrEmpty(content))
        {
            // Nothing is said beside the call, whether that was null, absent or empty.
            result = result.With("content", JsonSerializer.SerializeToElement<string?>(null));
        }

        foreach (var (name, value) in message.Fields)
        {
            if (name is not ("role" or "content" or "from" or "value" or "tool_calls" or "function_call") && value.ValueKind != JsonValueKind.Null)
            {
                result = result.With(name, name == "weight" ? Weight(value) : value);
            }
            else if (name is "tool_calls" && calls is { } list)
            {
                result = result.With(name, list);
            }
        }

        return calls is { } made ? result.With("tool_calls", made) : result;
    }

    // OpenAI writes 0 or 1; columns of tables make false and true of that.
    private static JsonElement Weight(JsonElement weight) => weight.ValueKind switch
    {
        JsonValueKind.True => JsonSerializer.SerializeToElement(1),
        JsonValueKind.False => JsonSerializer.SerializeToElement(0),
        _ => weight,
    };

    // ShareGPT has a message for what is said and one for each call: together they are one turn. Null where they are not.
    private static ChatMessage? Joined(ChatMessage? before, ChatMessage call)
    {
        if (before is not { Role: "assistant" } || before.Weight != call.Weight || before.Reasoning is not null && call.Reasoning is not null)
        {
            return null;
        }

        JsonElement[] calls = [.. before.ToolCalls?.EnumerateArray() ?? default, .. call.ToolCalls!.Value.EnumerateArray()];
        foreach (var (name, value) in call.Fields.Where(field => field.Key is not ("role" or "content" or "tool_calls")))
        {
            before = before.With(name, value);
        }

        return before.With("tool_calls", JsonSerializer.SerializeToElement(calls));
    }

    private static JsonElement? Variables(DataRow row)
    {
        const string Column = "chat_template_kwargs";
        JsonElement value = row.TryGet(Column, out JsonElement given) ? JsonCell.Open(given, Column) : default;
        return value.ValueKind switch
        {
            JsonValueKind.Object => value,
            JsonValueKind.Undefined or JsonValueKind.Null => null,
            _ => throw new BadRowException($"\"{Column}\" must be an object, not {JsonRow.Name(value.ValueKind)}", value.GetRawText()),
        };
    }
}
