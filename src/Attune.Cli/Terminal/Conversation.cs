using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Attune.Generation;
using Attune.Models;
using Attune.Text;

namespace Attune.Cli.Terminal;

/// <summary>What was said so far, and the model that goes on. What its chat template leaves out is told once.</summary>
internal sealed class Conversation(OpenModel model, Engine engine, GenerationOptions options, string? system, NewNotices notices)
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly List<ChatMessage> messages = [];

    /// <summary>The system message; null: none, or what the template says by itself.</summary>
    public string? System { get; private set; } = system;

    /// <summary>Whether nothing was said yet.</summary>
    public bool IsEmpty => messages.Count == 0;

    /// <summary>Forgets what was said; the system message stays.</summary>
    public void Reset() => messages.Clear();

    /// <summary>Begins anew under another system message.</summary>
    public void Restart(string? text)
    {
        System = text;
        Reset();
    }

    /// <summary>The reply to a message, as it comes. A reply that is stopped, or fails, leaves the conversation as it was.</summary>
    public async IAsyncEnumerable<string> ReplyAsync(string text, [EnumeratorCancellation] CancellationToken cancel)
    {
        var question = new ChatMessage("user", text);
        int[] prompt = model.EncodeChat([.. Beginning, .. messages, question], notices: notices.Notices);
        notices.Tell();
        var reply = new StringBuilder();
        await foreach (var piece in engine.StreamTextAsync(prompt, options, continues: false, cancel).ConfigureAwait(false))
        {
            reply.Append(piece.Text);
            yield return piece.Text;
        }

        messages.Add(question);
        messages.Add(new ChatMessage("assistant", reply.ToString()));
    }

    /// <summary>The conversation as a row that can be trained on.</summary>
    public string ToJsonLine() => JsonSerializer.Serialize(new { messages = Beginning.Concat(messages).Select(message => new { role = message.Role, content = message.Content }) }, Readable);

    private IEnumerable<ChatMessage> Beginning => string.IsNullOrEmpty(System) ? [] : [new ChatMessage("system", System)];
}
