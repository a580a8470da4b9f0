using System.Text.Json;
using Attune.Text;

namespace Attune.Data;

/// <summary>ShareGPT's form: <c>{"conversations": [{"from", "value"}, …], "system"?, "tools"?}</c>, human and gpt in turns.</summary>
internal sealed class ShareGptForm : IExampleForm
{
    private static readonly string[] Columns = ["conversations", "conversation"];

    public string Name => "sharegpt";

    public string Looks => "{conversations: [{from, value}]}";

    public bool Fits(DataRow row) => Column(row) is not null;

    public Example? Read(DataRow row)
    {
        string column = Column(row) ?? Columns.FirstOrDefault(name => row.Fields.TryGetProperty(name, out _)) ?? Columns[0];
        if (row.Fields.TryGetProperty(column, out JsonElement list) && JsonCell.IsBlank(list))
        {
            return null;
        }

        List<ChatMessage> messages = ConversationReader.Messages(row, column);
        if (row.TryGet("system", out JsonElement system) && DataRow.AsText(system) is { Length: > 0 } text && messages.FirstOrDefault()?.Role != "system")
        {
            messages.Insert(0, new ChatMessage("system", text));
        }

        return ConversationReader.Conversation(row, messages);
    }

    private static string? Column(DataRow row) =>
        Columns.FirstOrDefault(name => row.TryGet(name, out JsonElement list) && JsonCell.IsList(list));
}
