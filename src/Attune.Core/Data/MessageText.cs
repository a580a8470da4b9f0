using System.Text.Json;
using System.Text.RegularExpressions;
using Attune.Text;

namespace Attune.Data;

/// <summary>Lists of messages that a column of text holds as JSON: they are not words to learn letter by letter.</summary>
internal static partial class MessageText
{
    /// <summary>
    /// Whether a text is a list of messages, whole or broken: of objects with <c>role</c> and <c>content</c>, or <c>from</c> and
    /// <c>value</c>. Any other list (<c>[1, 2]</c>, <c>[{"name": "Ann"}]</c>) is text that an assistant may well write.
    /// </summary>
    public static bool IsList(string text)
    {
        if (!BeginsListOfObjects().IsMatch(text))
        {
            return false;
        }

        return JsonRow.Parse(System.Text.Encoding.UTF8.GetBytes(text), out _) is not { } list ? BeginsMessages().IsMatch(text)
            : list.EnumerateArray().All(IsMessage) && list.EnumerateArray().Any(message => RoleNames.Find(Speaker(message)!) is not null);
    }

    /// <summary>Tells where an example's texts are lists of messages, although nothing said so.</summary>
    public static void Tell(Example example, Notices notices)
    {
        string? found = example switch
        {
            Conversation chat => chat.Messages.Select(message => message.Content).FirstOrDefault(text => text is not null && IsList(text)),
            PlainText text when IsList(text.Text) => text.Text,
            _ => null,
        };
        if (found is not null)
        {
            notices.Add("messages-as-letters", n => $"{Words.Count(n, "row")} {Words.Of(n, "has", "have")} a list of messages as JSON inside a text, trained letter by letter",
                $"{example.Place}: {Excerpt.Of(found)}", "map the column as what it is: data.map: { messages: \"{column}\" }");
        }
    }

    private static bool IsMessage(JsonElement item) => item.ValueKind == JsonValueKind.Object && Speaker(item) is not null
        && (item.TryGetProperty("content", out _) || item.TryGetProperty("value", out _) || item.TryGetProperty("tool_calls", out _) || item.TryGetProperty("function_call", out _));

    private static string? Speaker(JsonElement item) =>
        (item.TryGetProperty("role", out JsonElement role) || item.TryGetProperty("from", out role)) && role.ValueKind == JsonValueKind.String ? role.GetString() : null;

    [GeneratedRegex(@"^\s*(array\()?\[\s*\{")]
    private static partial Regex BeginsListOfObjects();

    [GeneratedRegex("""^\s*(array\()?\[\s*\{\s*["'](role|content|from|value)["']\s*:""")]
    private static partial Regex BeginsMessages();
}
