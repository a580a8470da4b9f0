using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attune.Text.ChatTemplates;

/// <summary>
/// Ends the text where the last message's content ends, for a model to go on with it: the content gets a mark, the rendered text is cut
/// before it. Where the template took away the blanks around the content, those before the mark go too.
/// </summary>
internal static class FinalMessage
{
    private const string MarkText = "CONTINUE_FINAL_MESSAGE_TAG";

    public static IReadOnlyList<ChatMessage> Mark(ChatTemplate template, IReadOnlyList<ChatMessage> messages, ChatTemplateArguments arguments)
    {
        if (arguments.AddGenerationPrompt)
        {
            throw Fail(template, "a text cannot go on with the last message and open a new one too");
        }

        JsonElement? content = messages.Count > 0 ? messages[^1].Field("content") : null;
        if (content is not { ValueKind: JsonValueKind.String or JsonValueKind.Array } || !template.Source.Contains("content", StringComparison.Ordinal))
        {
            throw Fail(template, "there is no last message with a content to go on with");
        }

        return [.. messages.SkipLast(1), messages[^1].With("content", Marked(template, content.Value))];
    }

    public static RenderedChat Cut(ChatTemplate template, RenderedChat chat, IReadOnlyList<ChatMessage> marked)
    {
        int mark = chat.Text.LastIndexOf(MarkText, StringComparison.Ordinal);
        if (mark < 0 || !chat.Text.Contains(Trimmed(LastText(marked[^1])), StringComparison.Ordinal))
        {
            throw Fail(template, "the last message does not appear in the text, or not whole, so there is nothing to go on with");
        }

        int end = mark;
        bool blanksKept = string.CompareOrdinal(chat.Text, mark, MarkText + " ", 0, MarkText.Length + 1) == 0;
        while (!blanksKept && end > 0 && Characters.IsSpace(chat.Text[end - 1]))
        {
            end--;
        }

        return new RenderedChat(chat.Text[..end], Clip(chat.GenerationSpans, end), Clip(chat.PlainSpans, end));
    }

    private static JsonElement Marked(ChatTemplate template, JsonElement content)
    {
        if (content.ValueKind == JsonValueKind.String)
        {
            return JsonSerializer.SerializeToElement(content.GetString() + MarkText + " ");
        }

        var parts = JsonNode.Parse(content.GetRawText())!.AsArray();
        foreach (JsonNode? part in parts.Reverse())
        {
            if (part is JsonObject fields && fields["text"] is JsonValue text && text.TryGetValue(out string? value))
            {
                fields["text"] = value + MarkText + " ";
                return JsonSerializer.SerializeToElement(parts);
            }
        }

        throw Fail(template, "the last message has no text to go on with");
    }

    private static string LastText(ChatMessage marked) => marked.Content
        ?? marked.Field("content")!.Value.EnumerateArray().Last(part => part.ValueKind == JsonValueKind.Object && part.TryGetProperty("text", out _)).GetProperty("text").GetString()!;

    private static string Trimmed(string text)
    {
        string content = text[..^(MarkText.Length + 1)];
        int start = 0, end = content.Length;
        while (start < end && Characters.IsSpace(content[start]))
        {
            start++;
        }

        while (end > start && Characters.IsSpace(content[end - 1]))
        {
            end--;
        }

        return content[start..end];
    }

    private static List<TextRange> Clip(IReadOnlyList<TextRange> ranges, int end) =>
        [.. ranges.Where(range => range.Start < end).Select(range => range with { End = Math.Min(range.End, end) })];

    private static TemplateException Fail(ChatTemplate template, string problem) => new(template.Place, problem);
}
