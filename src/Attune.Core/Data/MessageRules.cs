using System.Text.Json;
using Attune.Text;
using Attune.Text.ChatTemplates;

namespace Attune.Data;

/// <summary>What every conversation must keep to, whatever its template: who may speak when, and that they say something.</summary>
internal static class MessageRules
{
    public static void Check(IReadOnlyList<ChatMessage> messages)
    {
        string before = "";
        for (int i = 0; i < messages.Count; i++)
        {
            ChatMessage message = messages[i];
            CheckContent(message, i);
            if (Misplaced(message.Role, before) is { } reason)
            {
                throw new BadRowException($"message {i + 1} of {messages.Count}: {reason}", Said(message));
            }

            before = message.Role;
        }

        if (before != "assistant")
        {
            throw new BadRowException($"the last message must be the assistant's, not the {before}'s", Said(messages[^1]));
        }
    }

    // Who may follow whom: system (once, first), user, then assistant and user in turns; tools answer the assistant, who goes on.
    private static string? Misplaced(string role, string before) => (role, before) switch
    {
        ("system" or "developer", "") => null,
        ("system" or "developer", _) => $"the {role}'s message must be the first",
        ("user", "" or "system" or "developer" or "assistant" or "tool") => null,
        ("assistant", "user" or "tool") => null,
        ("tool", "assistant" or "tool") => null,
        ("user" or "assistant", _) when role == before => $"two messages of the {role} follow each other",
        (_, "") => $"the first must be the system's or the user's, not the {role}'s",
        _ => $"the {role} cannot follow the {before}",
    };

    private static void CheckContent(ChatMessage message, int index)
    {
        bool calls = message.Role == "assistant" && message.ToolCalls is { } list && list.GetArrayLength() > 0;
        if (message.Role != "tool" && !calls && string.IsNullOrWhiteSpace(message.Content))
        {
            throw new BadRowException($"message {index + 1} ({message.Role}) is empty", Said(message));
        }

        if (calls is false && message.ToolCalls is { } others && others.GetArrayLength() > 0)
        {
            throw new BadRowException($"message {index + 1} ({message.Role}) calls tools, which only the assistant does", others.GetRawText());
        }

        CheckReasoning(message, index);
        if (message.Field("weight") is { } weight && !(weight.ValueKind == JsonValueKind.Number && weight.TryGetDouble(out double value) && value is 0 or 1))
        {
            throw new BadRowException($"message {index + 1}: the weight must be 0 or 1", weight.GetRawText());
        }
    }

    // It goes by several names; templates are given one text under all of them.
    private static void CheckReasoning(ChatMessage message, int index)
    {
        JsonElement[] given = [.. ReasoningNames.All.Select(message.Field).OfType<JsonElement>().Where(value => value.ValueKind != JsonValueKind.Null)];
        if (given.FirstOrDefault(value => value.ValueKind != JsonValueKind.String) is { ValueKind: not JsonValueKind.Undefined } other)
        {
            throw new BadRowException($"message {index + 1}: the reasoning must be text, not {JsonRow.Name(other.ValueKind)}", other.GetRawText());
        }

        if (given.Select(value => value.GetString()).Distinct().Count() > 1)
        {
            throw new BadRowException($"message {index + 1} has two different reasonings ({string.Join(", ", ReasoningNames.All)} mean the same)", given[1].GetRawText());
        }
    }

    private static string Said(ChatMessage message) => message.ToString();
}
