using System.Text.Json;
using Attune.Data;
using Attune.Text;

namespace Attune.Own;

/// <summary>A form of rows of one's own: <c>{"Q", "A"}</c>. The example of CONTRIBUTING.md.</summary>
public sealed class InterviewForm : IExampleForm
{
    /// <inheritdoc/>
    public string Name => "interview";

    /// <inheritdoc/>
    public string Looks => "{Q, A}";

    /// <inheritdoc/>
    public bool Fits(DataRow row) => row.TryGet("Q", out _) && row.TryGet("A", out _);

    /// <inheritdoc/>
    public Example? Read(DataRow row)
    {
        string question = Text(row, "Q"), answer = Text(row, "A");
        return question.Length == 0 || answer.Length == 0 ? null : new Conversation([new ChatMessage("user", question), new ChatMessage("assistant", answer)]) { Place = row.Place };
    }

    private static string Text(DataRow row, string column) => row.TryGet(column, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()!.Trim()
        : throw new BadRowException($"\"{column}\" must be text");
}
