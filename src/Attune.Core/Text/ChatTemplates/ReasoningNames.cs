using System.Text.Json;

namespace Attune.Text.ChatTemplates;

/// <summary>A message's reasoning goes by several names; templates get it under those that they may ask for, as transformers does it.</summary>
internal static class ReasoningNames
{
    /// <summary>The names, in the order in which they are asked for.</summary>
    public static IReadOnlyList<string> All { get; } = ["reasoning_content", "thinking", "reasoning"];

    public static IReadOnlyList<ChatMessage> Alias(IReadOnlyList<ChatMessage> messages) => [.. messages.Select(Alias)];

    private static ChatMessage Alias(ChatMessage message)
    {
        foreach (string name in All)
        {
            if (message.Field(name) is { ValueKind: not JsonValueKind.Null } reasoning)
            {
                return message.WithFirst("thinking", reasoning).With("reasoning_content", reasoning);
            }
        }

        return message;
    }
}
