using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Attune.Text;

namespace Attune.Data;

/// <summary>A row as a task sees it, whatever the file's columns were called.</summary>
public abstract record Example
{
    /// <summary>Where the row stands.</summary>
    public RowPlace Place { get; init; }

    /// <summary>The value of the column that groups rows (a user, a conversation); null where none is named.</summary>
    public string? Group { get; init; }

    /// <summary>The value of the column that says which split the row belongs to; null where none is named.</summary>
    public string? SplitValue { get; init; }

    /// <summary>A hash of what the row says, whatever its place, group and split.</summary>
    public UInt128 ContentHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AppendContent(text =>
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(text));
            hash.AppendData([0]);                   // no text holds NUL, so that ("ab", "c") is not ("a", "bc")
        });
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash.GetHashAndReset());
    }

    /// <summary>What the row says, as a person would compare it with another: its texts, without roles, labels and settings.</summary>
    public virtual string ComparableText
    {
        get
        {
            var text = new StringBuilder();
            AppendContent(piece => text.Append(piece).Append('\n'));
            return text.ToString();
        }
    }

    /// <summary>The row's content, piece by piece.</summary>
    /// <param name="append">Takes a piece.</param>
    protected abstract void AppendContent(Action<string> append);
}

/// <summary>A conversation: what chat models are tuned on.</summary>
/// <param name="Messages">In order: perhaps one of the system, then user and assistant in turns (and tools' answers), the last the assistant's.</param>
public sealed record Conversation(IReadOnlyList<ChatMessage> Messages) : Example
{
    /// <summary>The tools that the assistant could call, an array of JSON schemas; null where there are none.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>Further variables for the chat template (<c>chat_template_kwargs</c>), an object; null where there are none.</summary>
    public JsonElement? Variables { get; init; }

    /// <inheritdoc/>
    public override string ComparableText => string.Join('\n', Messages.Where(message => message.Role is not ("system" or "developer")).Select(message => message.Content));

    /// <inheritdoc/>
    protected override void AppendContent(Action<string> append)
    {
        foreach (ChatMessage message in Messages)
        {
            append("message");
            foreach (var (name, value) in message.Fields)
            {
                append(name);
                append(value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText());
            }
        }

        append(Tools?.GetRawText() ?? "");
        append(Variables?.GetRawText() ?? "");
    }
}

/// <summary>Text without roles: what language models are trained on from nothing.</summary>
/// <param name="Text">The text; not empty.</param>
public sealed record PlainText(string Text) : Example
{
    /// <inheritdoc/>
    protected override void AppendContent(Action<string> append) => append(Text);
}
