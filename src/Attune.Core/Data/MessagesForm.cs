using System.Text.Json;

namespace Attune.Data;

/// <summary>OpenAI's and TRL's form: <c>{"messages": [{"role", "content"}, …], "tools"?}</c>.</summary>
internal sealed class MessagesForm : IExampleForm
{
    public string Name => "messages";

    public string Looks => "{messages: [{role, content}]}";

    public bool Fits(DataRow row) => row.TryGet("messages", out JsonElement list) && JsonCell.IsList(list);

    public Example? Read(DataRow row) => ConversationReader.Conversation(row, "messages");
}
