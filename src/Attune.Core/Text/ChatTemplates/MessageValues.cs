using System.Text.Json;

namespace Attune.Text.ChatTemplates;

/// <summary>Messages as a template sees them: dicts with their fields in order.</summary>
internal static class MessageValues
{
    private const int RoleLength = 64;

    public static ListValue Read(Run run, IReadOnlyList<ChatMessage> messages) =>
        new(run, [.. messages.Select(message => new DictValue(run, message.Fields.Select(field => Field(run, field.Key, field.Value))))]);

    private static KeyValuePair<Value, Value> Field(Run run, string name, JsonElement value) =>
        new(JsonValues.Data(name), name == "role" && IsRole(value) ? Value.Of(value.GetString()!) : JsonValues.Read(run, value));

    // Templates build special tokens of a role's name ('<|' + role + '|>'): a plain name counts as theirs, anything else is text.
    private static bool IsRole(JsonElement value) => value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= RoleLength } role
        && role.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
