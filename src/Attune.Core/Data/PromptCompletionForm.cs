using System.Text.Json;
using Attune.Text;

namespace Attune.Data;

/// <summary>
/// TRL's form: <c>{"prompt", "completion"}</c>, both text (a user's message and the assistant's) or both lists of messages, perhaps as JSON text. What
/// the prompt's assistant says is not trained. With a column <c>label</c> it is feedback, not an example to follow.
/// </summary>
internal sealed class PromptCompletionForm : IExampleForm
{
    public string Name => "prompt-completion";

    public string Looks => "{prompt, completion}";

    public bool Fits(DataRow row) => row.TryGet("prompt", out _) && row.TryGet("completion", out _)
        && !(row.TryGet("label", out JsonElement label) && label.ValueKind is JsonValueKind.True or JsonValueKind.False);

    public Example? Read(DataRow row)
    {
        JsonElement prompt = Needed(row, "prompt"), completion = Needed(row, "completion");
        bool isAskedList = IsList(prompt), isAnsweredList = IsList(completion);
        if (isAskedList != isAnsweredList || !isAskedList && (prompt.ValueKind != JsonValueKind.String || completion.ValueKind != JsonValueKind.String))
        {
            throw new BadRowException("\"prompt\" and \"completion\" must both be text or both be lists of messages, "
                + $"not {Kind(prompt, isAskedList)} and {Kind(completion, isAnsweredList)}");
        }

        if (!isAskedList)
        {
            return string.IsNullOrWhiteSpace(prompt.GetString()) || string.IsNullOrWhiteSpace(completion.GetString()) ? null
                : ConversationReader.Conversation(row, [new("user", prompt.GetString()!), new("assistant", completion.GetString()!)]);
        }

        JsonElement zero = JsonSerializer.SerializeToElement(0);
        IEnumerable<ChatMessage> asked = ConversationReader.Messages(row, "prompt").Select(message => message.Role == "assistant" ? message.With("weight", zero) : message);
        return ConversationReader.Conversation(row, [.. asked, .. ConversationReader.Messages(row, "completion")]);
    }

    // A message by itself is a list of one.
    private static bool IsList(JsonElement value) =>
        value.ValueKind is JsonValueKind.Array or JsonValueKind.Object || value.ValueKind == JsonValueKind.String && MessageText.IsList(value.GetString()!);

    private static string Kind(JsonElement value, bool isList) =>
        isList && value.ValueKind == JsonValueKind.String ? "a list of messages as JSON text" : JsonRow.Name(value.ValueKind);

    private static JsonElement Needed(DataRow row, string column) =>
        row.TryGet(column, out JsonElement value) ? value : throw new BadRowException($"\"{column}\" is missing");
}
