using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attune.Text;

/// <summary>
/// Finds what a template leaves out of a conversation. What stands in the text letter for letter is shown; of anything else the
/// conversation is rendered again with another value there: where the text does not change, the template leaves it out.
/// </summary>
/// <param name="messages">The messages.</param>
/// <param name="arguments">What else the template was given.</param>
/// <param name="chat">What the template made of them.</param>
/// <param name="render">Renders the first of changed messages again, the same way.</param>
internal sealed class HiddenParts(
    IReadOnlyList<ChatMessage> messages, ChatTemplateArguments arguments, RenderedChat chat,
    Func<IReadOnlyList<ChatMessage>, ChatTemplateArguments, RenderedChat> render)
{
    // No template looks for it, and no text holds it.
    private const string Other = "\uE000";

    private static readonly string[] ReasoningFields = ["reasoning_content", "thinking", "reasoning"];
    private static readonly JsonElement OtherText = JsonSerializer.SerializeToElement(Other);

    /// <summary>Tells what is left out.</summary>
    /// <param name="notices">Takes it.</param>
    /// <param name="place">Where the conversation stands; null: it is no row.</param>
    /// <param name="isTrained">Whether a message is a reply that is trained: those are <see cref="ReplyParts"/>'.</param>
    public void Tell(Notices notices, string? place, Func<int, bool> isTrained)
    {
        foreach (int index in HiddenContents().Where(index => !isTrained(index)))
        {
            string role = messages[index].Role;
            Add(notices, role, place, index);
        }

        int[] others = [.. Enumerable.Range(0, messages.Count).Where(index => !isTrained(index))];
        TellTools(notices, place);
        TellCalls(notices, place, others);
        TellReasoning(notices, place, [.. others.Where(index => messages[index].Reasoning is { Length: > 0 })]);
        TellNames(notices, place);
    }

    /// <summary>The messages of which nothing of what they say is shown.</summary>
    public IEnumerable<int> HiddenContents()
    {
        // The longest first: a short text is easily found within another's.
        var shown = new ShownTexts(chat);
        int[] said = [.. Enumerable.Range(0, messages.Count).Where(index => Said(messages[index]).Length > 0)];
        int[] missing = [.. said.OrderByDescending(index => Said(messages[index]).Length).Where(index => !shown.Take(Said(messages[index])))];
        if (missing.Length == 0)
        {
            return [];
        }

        // Where one that is shown had to give its place to another, every one must be tried.
        bool isMixed = missing.Any(index => shown.Has(Said(messages[index]), 0) && !IsHidden(index, Silent));
        return (isMixed ? said : missing).Order().Where(index => IsHidden(index, Silent));
    }

    /// <summary>Whether a change of a message changes nothing in the text.</summary>
    /// <param name="index">The message's index.</param>
    /// <param name="change">The change.</param>
    public bool IsHidden(int index, Func<ChatMessage, ChatMessage> change) =>
        IsHidden([.. messages.Select((message, at) => at == index ? change(message) : message)], arguments);

    /// <summary>The message with other reasoning.</summary>
    /// <param name="message">A message that has some.</param>
    public static ChatMessage Unreasoned(ChatMessage message) =>
        ReasoningFields.Where(name => message.Field(name) is { ValueKind: JsonValueKind.String })
            .Aggregate(message, (changed, name) => changed.With(name, OtherText));

    /// <summary>The message with another name, or other arguments, in one of its calls.</summary>
    /// <param name="message">A message that makes calls.</param>
    /// <param name="call">The number of the call.</param>
    /// <param name="field"><c>name</c> or <c>arguments</c>.</param>
    public static ChatMessage Uncalled(ChatMessage message, int call, string field)
    {
        var calls = JsonNode.Parse(message.ToolCalls!.Value.GetRawText())!.AsArray();
        var function = calls[call]?["function"] as JsonObject ?? calls[call] as JsonObject;
        if (function is null)
        {
            return message.With("tool_calls", JsonSerializer.SerializeToElement(new[] { Other }));
        }

        bool isObject = function[field] is JsonObject;
        string text = field == "name" ? Other : $$"""{"{{Other}}": "{{Other}}"}""";
        function[field] = isObject ? JsonNode.Parse(text) : text;
        return message.With("tool_calls", JsonSerializer.SerializeToElement(calls));
    }

    /// <summary>Whether a call of a message says something in a field.</summary>
    /// <param name="message">A message that makes calls.</param>
    /// <param name="call">The number of the call.</param>
    /// <param name="field"><c>name</c> or <c>arguments</c>.</param>
    public static bool Has(ChatMessage message, int call, string field)
    {
        JsonElement made = message.ToolCalls!.Value[call];
        made = made.ValueKind == JsonValueKind.Object && made.TryGetProperty("function", out JsonElement function) ? function : made;
        return made.ValueKind == JsonValueKind.Object && made.TryGetProperty(field, out JsonElement value)
            && value.GetRawText() is not ("null" or "\"\"" or "{}" or "\"{}\"");
    }

    private static ChatMessage Silent(ChatMessage message) => message.With("content", OtherText);

    // A message's words without the white space around them, which templates trim.
    private static string Said(ChatMessage message) => (message.Content ?? (message.Field("content") is { ValueKind: JsonValueKind.Array } parts
        ? parts.EnumerateArray().Where(part => part.ValueKind == JsonValueKind.Object)
            .Select(part => part.TryGetProperty("text", out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "")
            .FirstOrDefault("")
        : "")).Trim();

    private bool IsHidden(IReadOnlyList<ChatMessage> changed, ChatTemplateArguments given)
    {
        try
        {
            return render(changed, given).Text == chat.Text;
        }
        catch (TemplateException)
        {
            return false; // The template looks at it.
        }
    }

    private static void Add(Notices notices, string role, string? place, int index)
    {
        (string code, string what, string cure) = role switch
        {
            "system" => ("template-hides-system", "system message", "put its text into the user's first message, or use a chat template that shows it"),
            "developer" => ("template-hides-developer", "developer message", "give it the role system, or use a chat template that shows it"),
            "tool" => ("template-hides-tool-results", "tool result", "use a chat template that shows what tools answer"),
            "assistant" => ("template-hides-replies", "reply that is not trained", "use a chat template that shows every message"),
            "user" => ("template-hides-user", "user message", "use a chat template that shows every message"),
            _ => ("template-hides-others", "message", "use a chat template that shows every message"),
        };
        string many = what == "reply that is not trained" ? "replies that are not trained" : what + "s";
        notices.Add(code, n => $"the chat template leaves out {Words.Count(n, what, many)}", First(place, index, role), cure);
    }

    private void TellTools(Notices notices, string? place)
    {
        if (arguments.Tools is { ValueKind: JsonValueKind.Array } tools && tools.GetArrayLength() > 0
            && IsHidden(messages, arguments with { Tools = OtherTools(tools) }))
        {
            notices.Add("template-hides-tools", n => $"the chat template leaves out the tools of {Words.Count(n, "conversation")}", place,
                "use a chat template that shows tools, or describe them in the system message");
        }
    }

    private void TellCalls(Notices notices, string? place, int[] others)
    {
        foreach (int index in others.Where(index => messages[index].ToolCalls is { } calls && calls.GetArrayLength() > 0))
        {
            if (IsHidden(index, message => Uncalled(message, 0, "name")))
            {
                notices.Add("template-hides-tool-calls", n => $"the chat template leaves out the tool calls of {Words.Count(n, "message")}",
                    First(place, index, messages[index].Role), "use a chat template that shows tool calls");
            }
        }
    }

    private void TellReasoning(Notices notices, string? place, int[] reasoned)
    {
        foreach (int index in reasoned.Where(index => !chat.Text.Contains(messages[index].Reasoning!.Trim(), StringComparison.Ordinal)))
        {
            if (IsHidden(index, Unreasoned))
            {
                ReplyParts.TellReasoning(notices, First(place, index, messages[index].Role));
            }
        }
    }

    // Of messages of one role all names are shown or none.
    private void TellNames(Notices notices, string? place)
    {
        foreach (var named in Enumerable.Range(0, messages.Count).Where(index => messages[index].Name is { Length: > 0 })
            .GroupBy(index => messages[index].Role))
        {
            int[] indices = [.. named];
            if (IsHidden([.. messages.Select((message, index) => indices.Contains(index) ? message.With("name", OtherText) : message)], arguments))
            {
                notices.Add("template-hides-names", n => $"the chat template leaves out the name of {Words.Count(n, "message")}",
                    First(place, indices[0], named.Key), "write the names into the messages where the model must know them", indices.Length);
            }
        }
    }

    private static string First(string? place, int index, string role) => (place is null ? "" : place + ": ") + $"message {index + 1}, the {role}'s";

    // The same tools under other names and with other descriptions: a template asks for the rest (types, required ones) by its value.
    private static JsonElement OtherTools(JsonElement tools)
    {
        var changed = JsonNode.Parse(tools.GetRawText())!.AsArray();
        foreach (var tool in changed.OfType<JsonObject>())
        {
            var function = tool["function"] as JsonObject ?? tool;
            function["name"] = Other;
            function["description"] = Other;
        }

        return JsonSerializer.SerializeToElement(changed);
    }
}
