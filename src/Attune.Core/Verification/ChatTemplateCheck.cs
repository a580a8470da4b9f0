using System.Globalization;
using System.Text.Json;
using Attune.Text;

namespace Attune.Verification;

/// <summary>Fixtures of kind <c>chat-template</c>: what conversations become, byte for byte, and what must be refused.</summary>
internal sealed class ChatTemplateCheck : IFixtureCheck
{
    public string Kind => "chat-template";

    public FixtureResult Check(Fixture fixture)
    {
        var problems = new List<string>();
        int number = 0;
        Tokenizer? tokenizer = fixture.ResolveKey("tokenizer") is string folder ? Tokenizer.FromFolder(folder) : null;
        JsonElement? conversations = fixture.Text("conversations") is string file ? fixture.ReadJsonFile(file) : null;
        var templates = new Dictionary<string, ChatTemplate>();
        foreach (JsonElement item in fixture.ReadJsonFile("cases.json").EnumerateArray())
        {
            string name = Text(item, "name") ?? Text(item, "conversation") ?? Text(item, "template") ?? "";
            name = $"case {number++} ({(name.Length > 80 ? name[..80] + "…" : name)})";
            if (Problem(fixture, item, conversations, templates, tokenizer) is string problem)
            {
                problems.Add($"{name}: {problem}");
            }
        }

        return number == 0 ? FixtureResult.Fail("cases.json is empty")
            : problems.Count == 0 ? FixtureResult.Ok
            : FixtureResult.Fail($"{problems.Count} of {number}: {string.Join("; ", problems.Take(5))}");
    }

    private static string? Problem(Fixture fixture, JsonElement item, JsonElement? conversations, Dictionary<string, ChatTemplate> templates, Tokenizer? tokenizer)
    {
        RenderedChat chat;
        try
        {
            chat = Render(fixture, item, conversations, templates);
        }
        catch (TemplateException exception)
        {
            return ProblemOfError(item, exception);
        }

        if (!item.TryGetProperty("rendered", out JsonElement expected) && !item.TryGetProperty("or_rendered", out expected))
        {
            return $"rendered {Excerpt(chat.Text, 0)}, must fail";
        }

        string text = expected.GetString()!;
        int same = text.AsSpan().CommonPrefixLength(chat.Text);
        return same < Math.Max(text.Length, chat.Text.Length)
            ? $"differs at {same}: {Excerpt(chat.Text, same)}, expected {Excerpt(text, same)}"
            : ProblemOfSpans(item, chat) ?? ProblemOfTokens(item, () => Render(fixture, item, conversations, templates, withoutNulls: true), tokenizer);
    }

    private static RenderedChat Render(Fixture fixture, JsonElement item, JsonElement? conversations, Dictionary<string, ChatTemplate> templates,
        bool withoutNulls = false)
    {
        var clock = new FixedClock(Text(item, "now") ?? fixture.Text("now") ?? "2000-01-01T00:00:00");
        if (Text(item, "template") is string own)
        {
            return ChatTemplate.Parse(own, fixture.Name).Render(Variables(fixture.Json) ?? [], clock);
        }

        string path = fixture.Resolve(Text(item, "template_file") ?? fixture.Text("template")!);
        if (!templates.TryGetValue(path, out ChatTemplate? template))
        {
            templates[path] = template = ChatTemplate.Parse(File.ReadAllText(path), path);
        }

        JsonElement conversation = Text(item, "conversation") is string name ? conversations!.Value.GetProperty(name) : item;
        JsonElement tokens = item.TryGetProperty("special_tokens", out JsonElement itsOwn) ? itsOwn
            : fixture.Json.TryGetProperty("special_tokens", out JsonElement shared) ? shared : JsonDocument.Parse("{}").RootElement;
        return template.Render([.. conversation.GetProperty("messages").EnumerateArray().Select(ChatMessage.FromJson)
            .Select(message => withoutNulls ? message.WithoutNulls() : message)], new ChatTemplateArguments
        {
            AddGenerationPrompt = Is(item, "add_generation_prompt"),
            ContinueFinalMessage = Is(item, "continue_final_message"),
            SpecialTokens = tokens.EnumerateObject().ToDictionary(token => token.Name, token => token.Value.GetString()!),
            Tools = Element(conversation, "tools"),
            Documents = Element(conversation, "documents"),
            Variables = Variables(conversation),
            Clock = clock,
        });
    }

    private static string? ProblemOfError(JsonElement item, TemplateException exception)
    {
        if (!item.TryGetProperty("error", out JsonElement error))
        {
            return "failed: " + exception.Message;
        }

        // true: any failure; a string: the message of raise_exception.
        return error.ValueKind != JsonValueKind.String || (exception.RaisedByTemplate && exception.Problem == error.GetString()) ? null
            : $"failed with '{exception.Message}', expected '{error.GetString()}'";
    }

    private static string? ProblemOfSpans(JsonElement item, RenderedChat chat)
    {
        if (!item.TryGetProperty("generation_spans", out JsonElement expected))
        {
            return null;
        }

        string actual = "[" + string.Join(",", chat.GenerationSpans.Select(span => $"[{CodePoints(chat.Text, span.Start)},{CodePoints(chat.Text, span.End)}]")) + "]";
        return actual == expected.GetRawText().Replace(" ", "") ? null : $"generation spans {actual}, expected {expected.GetRawText()}";
    }

    // The reference takes special tokens in users' texts for special, so here the text is encoded as a whole; and where it encodes, unlike
    // where it only renders, it leaves out fields that are null.
    private static string? ProblemOfTokens(JsonElement item, Func<RenderedChat> render, Tokenizer? tokenizer)
    {
        if (!item.TryGetProperty("input_ids", out JsonElement ids))
        {
            return null;
        }

        if (tokenizer is null)
        {
            return "the fixture names no tokenizer";
        }

        RenderedChat chat = render();
        Encoding encoding = tokenizer.Encode(chat.Text, addSpecialTokens: false);
        string actual = string.Join(",", encoding.Ids);
        string mask = string.Join(",", TokenMask.Overlapping(encoding, chat.GenerationSpans).Select(trained => trained ? 1 : 0));
        string expectedIds = string.Join(",", ids.EnumerateArray()), expectedMask = string.Join(",", item.GetProperty("assistant_masks").EnumerateArray());
        return actual != expectedIds ? $"ids {actual}, expected {expectedIds}" : mask != expectedMask ? $"mask {mask}, expected {expectedMask}" : null;
    }

    private static int CodePoints(string text, int end) => text.AsSpan(0, end).ToString().EnumerateRunes().Count();

    private static Dictionary<string, JsonElement>? Variables(JsonElement json) =>
        Element(json, "variables")?.EnumerateObject().ToDictionary(variable => variable.Name, variable => variable.Value);

    private static JsonElement? Element(JsonElement json, string key) => json.TryGetProperty(key, out JsonElement value) ? value : null;

    private static string? Text(JsonElement json, string key) => Element(json, key) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static bool Is(JsonElement json, string key) => Element(json, key) is { ValueKind: JsonValueKind.True };

    private static string Excerpt(string text, int at)
    {
        int start = Math.Max(0, at - 20), end = Math.Min(text.Length, at + 40);
        return JsonSerializer.Serialize(text[start..end]);
    }

    private sealed class FixedClock(string now) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.Parse(now, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
    }
}
