using System.Text.Json;
using Attune.Text;

namespace Attune.Data;

/// <summary>
/// Alpaca's form: <c>{"instruction", "input"?, "output", "system"?, "history"?: [[question, answer], …]}</c>. Instruction and input,
/// with a line end between them, are the user's message.
/// </summary>
internal sealed class AlpacaForm : IExampleForm
{
    public string Name => "alpaca";

    public string Looks => "{instruction, input?, output}";

    public bool Fits(DataRow row) => row.TryGet("instruction", out _) && row.TryGet("output", out _);

    public Example? Read(DataRow row)
    {
        var messages = new List<ChatMessage>();
        if (Text(row, "system", needed: false) is { Length: > 0 } system)
        {
            messages.Add(new ChatMessage("system", system));
        }

        if (row.TryGet("history", out JsonElement history))
        {
            AddHistory(JsonCell.Open(history, "history"), messages);
        }

        string instruction = Text(row, "instruction", needed: true), input = Text(row, "input", needed: false), output = Text(row, "output", needed: true);
        string question = input.Length == 0 ? instruction : instruction.Length == 0 ? input : instruction + "\n" + input;
        if (string.IsNullOrWhiteSpace(question) || string.IsNullOrWhiteSpace(output))
        {
            return null;
        }

        messages.Add(new ChatMessage("user", question));
        messages.Add(new ChatMessage("assistant", output));
        return ConversationReader.Conversation(row, messages);
    }

    private static string Text(DataRow row, string column, bool needed)
    {
        if (!row.TryGet(column, out JsonElement value))
        {
            return needed ? throw new BadRowException($"\"{column}\" is missing") : "";
        }

        return DataRow.AsText(value) ?? throw new BadRowException($"\"{column}\" must be text, not {JsonRow.Name(value.ValueKind)}", value.GetRawText());
    }

    private static void AddHistory(JsonElement history, List<ChatMessage> messages)
    {
        if (history.ValueKind == JsonValueKind.Undefined)
        {
            return;
        }

        if (history.ValueKind != JsonValueKind.Array)
        {
            throw new BadRowException($"\"history\" must be a list of pairs, not {JsonRow.Name(history.ValueKind)}", history.GetRawText());
        }

        foreach (JsonElement pair in history.EnumerateArray())
        {
            if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2 || pair.EnumerateArray().Any(text => text.ValueKind != JsonValueKind.String))
            {
                throw new BadRowException("\"history\" must be a list of pairs of question and answer", pair.GetRawText());
            }

            messages.Add(new ChatMessage("user", pair[0].GetString()!));
            messages.Add(new ChatMessage("assistant", pair[1].GetString()!));
        }
    }
}
