using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attune.Text.ChatTemplates;

/// <summary>
/// Templates do not agree on how they are given calls: most write <c>arguments | tojson</c> and need an object, some join it to their own text and
/// need JSON text; where nothing is said beside a call, some look for a content of null, some cannot do without one. The first spelling that shows
/// every call is taken, so that a row is the same however its file spelled them.
/// </summary>
internal static class ToolCallSpelling
{
    private const string Needle = "attuneprobe";

    private static readonly (bool AsText, Silence Silence)[] Spellings =
    [
        (false, Silence.Absent), (false, Silence.Empty), (false, Silence.Null), (true, Silence.Absent), (true, Silence.Empty), (true, Silence.Null),
    ];

    private enum Silence
    {
        Absent,
        Empty,
        Null,
    }

    /// <summary>The messages with their calls as the template shows them; unchanged where it shows them in no spelling.</summary>
    /// <param name="template">The template.</param>
    /// <param name="messages">The messages.</param>
    /// <param name="arguments">What else it is given.</param>
    public static IReadOnlyList<ChatMessage> Fit(ChatTemplate template, IReadOnlyList<ChatMessage> messages, ChatTemplateArguments arguments)
    {
        if (!messages.Any(HasCalls))
        {
            return messages;
        }

        arguments = arguments with { AddGenerationPrompt = false, ContinueFinalMessage = false };
        foreach (var (asText, silence) in Spellings)
        {
            if (Shows(template, messages, arguments, asText, silence))
            {
                return [.. messages.Select(message => Spell(message, asText, silence, given => given))];
            }
        }

        return messages;
    }

    private static bool HasCalls(ChatMessage message) => message.ToolCalls is { } calls && calls.GetArrayLength() > 0;

    // Whether every call's arguments are in the text, and not as Python prints a dict. Each has a word of its own for the trial.
    private static bool Shows(ChatTemplate template, IReadOnlyList<ChatMessage> messages, ChatTemplateArguments arguments, bool asText, Silence silence)
    {
        int count = 0;
        ChatMessage[] trial = [.. messages.Select(message => Spell(message, asText, silence, _ => new JsonObject { [Needle] = $"{Needle}{count++}z" }).WithoutNulls())];
        try
        {
            string text = template.Render(trial, arguments).Text;
            return Enumerable.Range(0, count).All(i => text.Contains($"{Needle}{i}z", StringComparison.Ordinal)) && !text.Contains($"{{'{Needle}'", StringComparison.Ordinal);
        }
        catch (TemplateException)
        {
            return false;
        }
    }

    private static ChatMessage Spell(ChatMessage message, bool asText, Silence silence, Func<JsonObject, JsonObject> change)
    {
        if (!HasCalls(message))
        {
            return message;
        }

        JsonNode[] calls = [.. message.ToolCalls!.Value.EnumerateArray().Select(call => Spell(call, asText, change))];
        ChatMessage result = message.With("tool_calls", JsonSerializer.SerializeToElement(new JsonArray(calls)));
        bool saysNothing = message.Field("content") is not { ValueKind: not JsonValueKind.Null } content || content.ValueKind == JsonValueKind.String && content.GetString() == "";
        if (!saysNothing)
        {
            return result;
        }

        return silence == Silence.Empty ? result.With("content", "") : result.WithNullContent(isShown: silence == Silence.Null);
    }

    private static JsonNode Spell(JsonElement call, bool asText, Func<JsonObject, JsonObject> change)
    {
        JsonNode result = JsonNode.Parse(call.GetRawText())!;
        if (result is JsonObject fields && (fields["function"] as JsonObject ?? fields) is var function && Arguments(function["arguments"]) is { } arguments)
        {
            arguments = change(arguments);
            function["arguments"] = asText ? JsonText.Of(JsonSerializer.SerializeToElement(arguments)) : arguments;
        }

        return result;
    }

    // A copy, so that it can stand in its place anew; null where it is no object, in neither spelling.
    private static JsonObject? Arguments(JsonNode? given)
    {
        try
        {
            return (given is JsonValue text && text.TryGetValue(out string? json) ? JsonNode.Parse(json) : given?.DeepClone()) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
