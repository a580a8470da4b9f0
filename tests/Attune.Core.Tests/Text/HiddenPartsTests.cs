using System.Text.Json;

namespace Attune.Text;

public sealed class HiddenPartsTests
{
    private const string ChatMl = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
        + "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";
    private const string UsersAndReplies = "{% for m in messages %}{% if m.role in ['user', 'assistant'] %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endif %}{% endfor %}"
        + "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";
    private const string Calls = """[{"type": "function", "id": "c1", "function": {"name": "tide", "arguments": {"port": "Brest"}}}]""";

    private static readonly Lazy<Tokenizer> Minimind = new(() => Tokenizer.FromFolder(TestPaths.SharedOrSkip("tokenizers/tok_minimind")));

    [Theory]
    [InlineData("system", "template-hides-system")]
    [InlineData("developer", "template-hides-developer")]
    public void A_message_that_the_template_leaves_out_is_told_with_its_place(string role, string code)
    {
        Notice notice = Assert.Single(Tell(UsersAndReplies, new ChatMessage(role, "Speak."), new("user", "Speak. Hello? Speak."), new("assistant", "Ahoy. Speak.")));
        Assert.Equal((code, 1L), (notice.Code, notice.Count));
        Assert.StartsWith("talks.jsonl:7: message 1", notice.First, StringComparison.Ordinal);
        Assert.NotNull(notice.Cure);
        Assert.Empty(Tell(ChatMl, new ChatMessage(role, "Speak."), new("user", "Speak. Hello? Speak."), new("assistant", "Ahoy. Speak.")));
    }

    [Theory]
    [InlineData("| trim")]
    [InlineData("| upper")]
    [InlineData("| tojson")]
    [InlineData("| replace('\\n', ' ')")]
    public void What_a_template_rewrites_is_shown(string filter) =>
        Assert.Empty(Tell(ChatMl.Replace("m.content", $"m.content {filter}", StringComparison.Ordinal),
            new ChatMessage("system", "Be\nkind \"now\". "), new("user", "Hello,\nthere? "), new("assistant", "Yes,\n\"you\" too. ")));

    [Fact]
    public void A_template_that_puts_messages_elsewhere_shows_them() =>
        Assert.Empty(Tell("{% for m in messages if m.role != 'system' %}<|im_start|>{{ m.role }}\n{{ m.content }}"
            + "{% if loop.first and messages[0].role == 'system' %}\n{{ messages[0].content }}{% endif %}<|im_end|>\n{% endfor %}"
            + "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}", new ChatMessage("system", "Be kind."), new("user", "Hello?"), new("assistant", "Yes.")));

    [Fact]
    public void Two_messages_with_the_same_words_are_two()
    {
        Notice notice = Assert.Single(Tell(UsersAndReplies, new ChatMessage("system", "Hello"), new("user", "Hello"), new("assistant", "Yes.")));
        Assert.Equal("template-hides-system", notice.Code);
    }

    [Fact]
    public void Tools_results_names_and_reasoning_that_are_left_out_are_told_each_by_its_kind()
    {
        ChatMessage asks = new ChatMessage("assistant", "I look it up.").With("tool_calls", JsonElement.Parse(Calls)).With("weight", JsonSerializer.SerializeToElement(0));
        ChatMessage answers = new ChatMessage("tool", "06:12, 18:40").With("name", "tide");
        ChatMessage says = new ChatMessage("assistant", "At 06:12 and at 18:40.").With("reasoning_content", "The tool says so.");
        IReadOnlyList<Notice> notices = TellWith(UsersAndReplies, Tools, new("user", "When is the tide?"), asks, answers, says);
        Assert.Equal(
            ["template-hides-names", "template-hides-reasoning", "template-hides-tool-calls", "template-hides-tool-results", "template-hides-tools"],
            notices.Select(notice => notice.Code).Order(StringComparer.Ordinal));
        Assert.All(notices, notice => Assert.NotNull(notice.Cure));
    }

    [Fact]
    public void A_template_that_shows_tools_and_calls_gives_no_notice()
    {
        ChatMessage asks = new ChatMessage("assistant", "").With("tool_calls", JsonElement.Parse(Calls));
        const string source = "{% if tools %}{{ tools | tojson }}\n{% endif %}{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}"
            + "{% if m.tool_calls %}{{ m.tool_calls | tojson }}{% endif %}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";
        Assert.Empty(TellWith(source, Tools, new("user", "When is the tide?"), asks, new("tool", "06:12, 18:40"), new("assistant", "At 06:12.")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("I look it up.")]
    public void A_trained_reply_whose_calls_are_left_out_is_refused(string content)
    {
        ChatMessage asks = new ChatMessage("assistant", content).With("tool_calls", JsonElement.Parse(Calls));
        var error = Assert.Throws<AttuneException>(() => Tell(ChatMl, new("user", "When?"), asks, new("tool", "06:12"), new("assistant", "At 06:12.")));
        Assert.Contains("tool calls of message 2", error.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.BadData, error.ExitCode);
        const string onlyNames = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}{% for c in m.tool_calls or [] %}{{ c.function.name }}{% endfor %}<|im_end|>\n{% endfor %}"
            + "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";
        Assert.Throws<AttuneException>(() => Tell(onlyNames, new("user", "When?"), asks, new("tool", "06:12"), new("assistant", "At 06:12.")));
    }

    [Theory]
    [InlineData("m.content.split('</think>')[-1]", "<think>\nTen twelves are 120.\n</think>\n\nIt is 144.")]
    [InlineData("m.content.split('</think>')[-1]", "<think>\nIt is 144.\n</think>\n\nIt is 144.")]
    [InlineData("m.content.split('</think>')[-1]", "It is 144.</think>It is 144.")]
    [InlineData("m.content[:20]", "It is 144, which is twelve times twelve.")]
    [InlineData("m.content[-32:]", "It is 144, which is twelve times twelve, or a gross.")]
    [InlineData("m.content | replace('gross', '')", "It is a gross.")]
    [InlineData("m.content.split('\\n')[0]", "It is 144.\nThat is a gross.")]
    [InlineData("'Yes'", "It is 144.")]
    public void A_trained_reply_of_which_the_template_leaves_out_a_part_is_refused(string shows, string reply)
    {
        string source = ChatMl.Replace("{{ m.content }}", $"{{{{ {shows} if m.role == 'assistant' else m.content }}}}", StringComparison.Ordinal);
        var error = Assert.Throws<AttuneException>(() => Tell(source, new("user", "What is 12 times 12?"), new("assistant", reply)));
        Assert.Contains("message 2", error.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.BadData, error.ExitCode);
        Assert.Empty(Tell(ChatMl, new("user", "What is 12 times 12?"), new("assistant", reply)));
    }

    [Fact]
    public void White_space_that_a_template_takes_from_the_beginning_of_a_reply_is_told()
    {
        string trims = ChatMl.Replace("m.content", "m.content | trim", StringComparison.Ordinal);
        Notice notice = Assert.Single(Tell(trims, new("user", "Code?"), new("assistant", "    return 1\n")));
        Assert.Equal("template-trims-replies", notice.Code);
        Assert.Empty(Tell(trims, new("user", "Code?\n"), new("assistant", "return 1\n")));
    }

    [Fact]
    public void A_generation_prompt_that_no_reply_follows_is_told()
    {
        string source = ChatMl.Replace("assistant\n{%", "assistant\n<think>\n{%", StringComparison.Ordinal);
        Notice notice = Assert.Single(Tell(source, new("user", "Why?"), new("assistant", "So.")));
        Assert.Equal("generation-prompt-says-more", notice.Code);
    }

    [Fact]
    public void A_prompt_tells_what_the_template_leaves_out()
    {
        var notices = new Notices();
        new ChatEncoder(ChatTemplate.Parse(UsersAndReplies, "ignores"), Minimind.Value).EncodePrompt([new("system", "Be brief."), new("user", "Hello?")], notices: notices);
        Assert.Equal("template-hides-system", Assert.Single(notices.All).Code);
    }

    private static JsonElement Tools { get; } =
        JsonElement.Parse("""[{"type": "function", "function": {"name": "tide", "description": "When the water is high.", "parameters": {"type": "object", "properties": {}}}}]""");

    private static IReadOnlyList<Notice> Tell(string source, params ChatMessage[] messages) => TellWith(source, null, messages);

    private static IReadOnlyList<Notice> TellWith(string source, JsonElement? tools, params ChatMessage[] messages)
    {
        var notices = new Notices();
        var encoder = new ChatEncoder(ChatTemplate.Parse(source, "template"), Minimind.Value);
        Assert.NotEmpty(encoder.Encode(messages, new ChatTemplateArguments { Tools = tools }, notices, "talks.jsonl:7"));
        return notices.All;
    }
}
