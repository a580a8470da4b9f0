using System.Text.Json;

namespace Attune.Text;

/// <summary>
/// One message of a conversation: a role, what it says, and every other field of its JSON object (<c>name</c>, <c>tool_calls</c>,
/// <c>tool_call_id</c>, <c>reasoning_content</c>, …), which templates see under its own name, in its own order.
/// </summary>
public sealed class ChatMessage
{
    private readonly KeyValuePair<string, JsonElement>[] fields;

    // Whether a template is to see a field that is null, as null.
    private readonly bool showsNulls;

    /// <summary>A message of plain text.</summary>
    /// <param name="role">Who speaks: <c>system</c>, <c>user</c>, <c>assistant</c>, <c>tool</c>, …</param>
    /// <param name="content">What is said.</param>
    public ChatMessage(string role, string content)
        : this([new("role", JsonSerializer.SerializeToElement(role)), new("content", JsonSerializer.SerializeToElement(content))])
    {
    }

    private ChatMessage(KeyValuePair<string, JsonElement>[] fields, bool showsNulls = false)
    {
        this.fields = fields;
        this.showsNulls = showsNulls;
    }

    /// <summary>All fields, role and content included, in the order in which they were given.</summary>
    public IReadOnlyList<KeyValuePair<string, JsonElement>> Fields => fields;

    /// <summary>Who speaks; empty where the message does not say.</summary>
    public string Role => Text("role") ?? "";

    /// <summary>What is said, where it is plain text; null where it is absent, null, a list of parts or an object.</summary>
    public string? Content => Text("content");

    /// <summary>The speaker's or the tool's name.</summary>
    public string? Name => Text("name");

    /// <summary>Which call a tool's message answers.</summary>
    public string? ToolCallId => Text("tool_call_id");

    /// <summary>The calls that an assistant's message makes, an array.</summary>
    public JsonElement? ToolCalls => Field("tool_calls") is { ValueKind: JsonValueKind.Array } calls ? calls : null;

    /// <summary>The reasoning that went before the answer (<c>reasoning_content</c>, <c>thinking</c> or <c>reasoning</c>).</summary>
    public string? Reasoning => Text("reasoning_content") ?? Text("thinking") ?? Text("reasoning");

    /// <summary>How much this message counts in training: 0 is not trained. 1 where <c>weight</c> is absent.</summary>
    public double Weight => Field("weight") is { ValueKind: JsonValueKind.Number } weight && weight.TryGetDouble(out double value) ? value : 1;

    /// <summary>The message of a JSON object.</summary>
    /// <param name="json">An object; what it holds is copied.</param>
    /// <exception cref="AttuneException">It is not an object, or a text in it is not valid Unicode.</exception>
    public static ChatMessage FromJson(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new AttuneException(ExitCode.BadData, null, $"a message must be an object with role and content (got {json.ValueKind})");
        }

        var fields = new List<KeyValuePair<string, JsonElement>>();
        foreach (JsonProperty property in json.Clone().EnumerateObject())
        {
            Put(fields, ValidText(() => property.Name), property.Value);
        }

        foreach (var (name, value) in fields)
        {
            if (value.ValueKind == JsonValueKind.String)
            {
                ValidText(() => value.GetString()!);
            }
        }

        return new ChatMessage([.. fields]);
    }

    /// <summary>This message with one field set, in its place or at the end.</summary>
    /// <param name="name">The field's name.</param>
    /// <param name="value">Its value.</param>
    public ChatMessage With(string name, JsonElement value)
    {
        var changed = new List<KeyValuePair<string, JsonElement>>(fields);
        Put(changed, name, value.Clone());
        return new ChatMessage([.. changed]);
    }

    /// <summary>This message with a text field set, in its place or at the end.</summary>
    /// <param name="name">The field's name.</param>
    /// <param name="value">Its value.</param>
    public ChatMessage With(string name, string value) => With(name, JsonSerializer.SerializeToElement(value));

    // As in transformers' apply_chat_template: templates would print a null as "None".
    internal ChatMessage WithoutNulls() => !showsNulls && fields.Any(field => field.Value.ValueKind == JsonValueKind.Null)
        ? new ChatMessage([.. fields.Where(field => field.Value.ValueKind != JsonValueKind.Null)]) : this;

    // Without content: for a template that asks whether it is null, or for one that asks whether it is there.
    internal ChatMessage WithNullContent(bool isShown) => new(With("content", JsonSerializer.SerializeToElement<string?>(null)).WithoutOtherNulls(), isShown);

    // Templates print fields in their order: an alias stands first, as in transformers.
    internal ChatMessage WithFirst(string name, JsonElement value) =>
        new([new(name, Field(name) ?? value), .. fields.Where(field => field.Key != name)]);

    /// <summary>The field of that name, or null where there is none.</summary>
    /// <param name="name">The field's name.</param>
    public JsonElement? Field(string name)
    {
        foreach (var (key, value) in fields)
        {
            if (key == name)
            {
                return value;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Role}: {Content}";

    private KeyValuePair<string, JsonElement>[] WithoutOtherNulls() => [.. fields.Where(field => field.Key == "content" || field.Value.ValueKind != JsonValueKind.Null)];

    private string? Text(string name) => Field(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    // As in Python's json: the last of several equal names wins, in the place of the first.
    private static void Put(List<KeyValuePair<string, JsonElement>> fields, string name, JsonElement value)
    {
        int index = fields.FindIndex(field => field.Key == name);
        if (index < 0)
        {
            fields.Add(new(name, value));
        }
        else
        {
            fields[index] = new(name, value);
        }
    }

    private static string ValidText(Func<string> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException cause)
        {
            throw new AttuneException(ExitCode.BadData, null, "a message holds half of a surrogate pair", "write valid Unicode", cause);
        }
    }
}
