using System.Text.Json;
using Attune.Text;

namespace Attune.Data;

/// <summary>
/// TRL's form: <c>{"prompt", "completion"}</c>, both text (a user's message and the assistant's) or both lists of messages. What
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
        if (prompt.ValueKind == JsonValueKind.String && completion.ValueKind == JsonValueKind.String)
        {
            return string.IsNullOrWhiteSpace(prompt.GetString()) || string.IsNullOrWhiteSpace(completion.GetString()) ? null
                : ConversationReader.Conversation(row, [new("user", prompt.GetString()!), new("assistant", completion.GetString()!)]);
        }

        if (prompt.ValueKind != JsonValueKind.Array || completion.ValueKind != JsonValueKind.Array)
        {
            throw new BadRowException($"\"prompt\" and \"completion\" must both be text or both be lists of messages, not {JsonRow.Name(prompt.ValueKind)} and {JsonRow.Name(completion.ValueKind)}");
        }

        JsonElement zero = JsonSerializer.SerializeToElement(0);
        IEnumerable<ChatMessage> asked = ConversationReader.Messages(row, "prompt").Select(message => message.Role == "assistant" ? message.With("weight", zero) : message);
        return ConversationReader.Conversation(row, [.. asked, .. ConversationReader.Messages(row, "completion")]);
    }

    private static JsonElement Needed(DataRow row, string column) =>
        row.TryGet(column, out JsonElement value) ? value : throw new BadRowException($"\"{column}\" is missing");
}
