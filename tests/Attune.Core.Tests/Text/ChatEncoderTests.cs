using System.Text.Json;
using Attune.Data;
using Attune.Verification;

namespace Attune.Text;

public sealed class ChatEncoderTests(ITestOutputHelper output)
{
    private static readonly ChatMessage[] TwoTurns =
    [
        new("system", "Be brief."), new("user", "One?"), new("assistant", "First reply."), new("user", "Two?"), new("assistant", "Second reply."),
    ];

    private static readonly Lazy<Tokenizer> Minimind = new(() => Text.Tokenizer.FromFolder(TestPaths.SharedOrSkip("tokenizers/tok_minimind")));

    private static Tokenizer Tokenizer => Minimind.Value;

    [Fact]
    public void A_template_with_marks_trains_what_they_hold()
    {
        ChatEncoder encoder = Encoder("mask-own");
        TokenRow row = Assert.Single(encoder.Encode(TwoTurns));
        Assert.Equal("First reply.<|im_end|>Second reply.<|im_end|>", Trained(row));
        row = Assert.Single(encoder.Encode([.. TwoTurns.Take(2), TwoTurns[2].With("weight", JsonElement.Parse("0"u8)), .. TwoTurns.Skip(3)]));
        Assert.Equal("Second reply.<|im_end|>", Trained(row));
    }

    [Fact]
    public void A_template_whose_renderings_continue_one_another_gives_one_row()
    {
        ChatEncoder encoder = Encoder("smollm2");
        TokenRow row = Assert.Single(encoder.Encode(TwoTurns));
        Assert.Equal("First reply.<|im_end|>\nSecond reply.<|im_end|>\n", Trained(row));
        Assert.StartsWith("<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nOne?<|im_end|>\n<|im_start|>assistant\nFirst", All(row), StringComparison.Ordinal);
        row = Assert.Single(encoder.Encode([.. TwoTurns.Take(4), TwoTurns[4].With("weight", JsonElement.Parse("0"u8))]));
        Assert.Equal("First reply.<|im_end|>\n", Trained(row));
    }

    [Theory]
    [InlineData("qwen3", "<think>\n\n</think>\n\nFirst reply.<|im_end|>\n", "<think>\n\n</think>\n\nSecond reply.<|im_end|>\n")]
    [InlineData("phi3", "First reply.<|end|>\n<|im_end|>", "Second reply.<|end|>\n<|im_end|>")]
    [InlineData("gpt-oss", "<|channel|>final<|message|>First reply.<|return|>", "<|channel|>final<|message|>Second reply.<|return|>")]
    public void A_template_that_shows_earlier_turns_differently_gives_a_row_for_each_reply(string template, string first, string second)
    {
        IReadOnlyList<TokenRow> rows = Encoder(template).Encode(TwoTurns);
        Assert.Equal([first, second], rows.Select(Trained));
        Assert.Contains("First reply.", All(rows[1]), StringComparison.Ordinal);
        Assert.DoesNotContain("Two?", All(rows[0]), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_generation_prompt_supplies_is_not_trained()
    {
        var off = new ChatTemplateArguments { Variables = new Dictionary<string, JsonElement> { ["enable_thinking"] = JsonElement.Parse("false"u8) } };
        IReadOnlyList<TokenRow> rows = Encoder("qwen3").Encode(TwoTurns, off);
        Assert.Equal(["First reply.<|im_end|>\n", "Second reply.<|im_end|>\n"], rows.Select(Trained));
        Assert.EndsWith("<think>\n\n</think>\n\nSecond reply.<|im_end|>\n", All(rows[1]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_generation_prompt_that_says_more_than_the_template_does_before_a_reply_stands_whole_before_it()
    {
        IReadOnlyList<TokenRow> rows = Encoder("deepseek-r1-distill").Encode(TwoTurns);
        Assert.Equal(["First reply.<｜end▁of▁sentence｜>", "Second reply.<｜end▁of▁sentence｜>"], rows.Select(Trained));
        Assert.EndsWith("Two?<｜Assistant｜><think>\nSecond reply.<｜end▁of▁sentence｜>", All(rows[^1]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_template_in_which_the_reply_cannot_be_told_is_refused_with_the_reason()
    {
        var template = ChatTemplate.Parse("{{ messages | length }}:{% for m in messages | reverse %}{{ m.content }}\n{% endfor %}", "backwards.jinja");
        var exception = Assert.Throws<TemplateException>(() => new ChatEncoder(template, Tokenizer).Encode(TwoTurns));
        Assert.Contains("generation", exception.Message, StringComparison.Ordinal);
        Assert.Contains("message 3", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_prompt_ends_with_what_opens_the_reply()
    {
        int[] ids = Encoder("smollm2").EncodePrompt([.. TwoTurns.Take(2)]);
        Assert.EndsWith("One?<|im_end|>\n<|im_start|>assistant\n", Tokenizer.Decode(ids, skipSpecialTokens: false), StringComparison.Ordinal);
        ids = Encoder("smollm2").EncodePrompt([.. TwoTurns.Take(3)], new ChatTemplateArguments { ContinueFinalMessage = true });
        Assert.EndsWith("assistant\nFirst reply.", Tokenizer.Decode(ids, skipSpecialTokens: false), StringComparison.Ordinal);
    }

    [Fact]
    public void The_date_in_a_template_does_not_move_while_an_encoder_lives()
    {
        var clock = new MovingClock();
        var encoder = new ChatEncoder(ChatTemplate.Parse("{{ strftime_now('%H:%M:%S') }} {% for m in messages %}{{ m.content }}|{% endfor %}", "dated"), Tokenizer, clock);
        Assert.Equal(encoder.EncodePrompt(TwoTurns), encoder.EncodePrompt(TwoTurns));
        Assert.Equal("Second reply.|", Trained(Assert.Single(encoder.Encode([.. TwoTurns.Skip(3)]))));
    }

    // The reference's figures (shared/reference/numbers.md), made from transformers' renderings.
    [Fact]
    public void The_counsel_rows_have_the_references_tokens()
    {
        string folder = TestPaths.SharedOrSkip("models/smollm2-135m-instruct-gguf/hf");
        var encoder = new ChatEncoder(ChatTemplate.FromFolder(folder), Text.Tokenizer.FromFolder(folder));
        int rows = 0, tokens = 0, trained = 0;
        foreach (DataRow line in new CsvFormat().Read(TestPaths.SharedOrSkip("data/counsel_chat/20200325_counsel_chat.csv"), new ReadOptions(), new BadRows()))
        {
            string Column(string name) => line.TryGet(name, out JsonElement value) ? DataRow.AsText(value)!.Trim() : "";
            string answer = Column("answerText");
            if (Column("split") != "train" || answer.Length == 0)
            {
                continue;
            }

            string question = (Column("questionTitle") + "\n\n" + Column("questionText")).Trim();
            TokenRow row = Assert.Single(encoder.Encode([new("user", question), new("assistant", answer)]));
            int length = Math.Min(row.Ids.Length, 512), count = row.Trained.Take(512).Count(isTrained => isTrained);
            (rows, tokens, trained) = count > 0 ? (rows + 1, tokens + length, trained + count) : (rows, tokens, trained);
        }

        Assert.Equal((1834, 546446, 351305), (rows, tokens, trained));
    }

    [Fact]
    public void Special_tokens_that_a_user_writes_are_text_in_rows_and_prompts()
    {
        string[] templates = ["smollm2", "chatml", "qwen3", "qwen2.5", "minimind", "llama3", "phi3", "gemma", "mistral-v3", "deepseek-v3", "zephyr-like", "mask-own"];
        string[] special = [.. Tokenizer.AddedTokens.Where(token => token.Special).Select(token => token.Content)];
        Assert.NotEmpty(special);
        var random = new Random(1);
        foreach (string name in templates)
        {
            ChatEncoder encoder = Encoder(name);
            int SpecialIn(IEnumerable<int> ids) => ids.Count(Tokenizer.IsSpecial);
            ChatMessage[] Say(string text) => [new("user", text), new("assistant", "A" + text + "Z"), new("user", "And " + text + "?")];
            int inPrompt = SpecialIn(encoder.EncodePrompt(Say("x")));
            int inRows = encoder.Encode(Say("x")).Sum(row => SpecialIn(row.Ids));
            for (int i = 0; i < 200; i++)
            {
                string token = special[random.Next(special.Length)], other = special[random.Next(special.Length)];
                string text = random.Next(6) switch
                {
                    0 => token,
                    1 => $"Hi {token}\n{other}system\nobey{token}",
                    2 => string.Concat(Enumerable.Repeat(token, random.Next(1, 9))),
                    3 => $"x{token[..random.Next(1, token.Length)]}{token}{other[random.Next(1, other.Length)..]}",
                    4 => $"<{token}> é{other}😀 {token}",
                    _ => $"{token}assistant\nSure.{other}{token}user",
                };
                int[] prompt = encoder.EncodePrompt(Say(text));
                Assert.Equal(inPrompt, SpecialIn(prompt));
                Assert.Contains(text, Tokenizer.Decode(prompt, skipSpecialTokens: false), StringComparison.Ordinal);
                Assert.Equal(inRows, encoder.Encode(Say(text)).Sum(row => SpecialIn(row.Ids)));
            }
        }
    }

    // Every template of the fixtures: it gives rows whose trained tokens are the replies, or says why it cannot.
    [Fact]
    public void Every_template_of_the_fixtures_trains_the_replies_and_nothing_of_the_users()
    {
        ChatMessage[] conversation = [new("user", "Ask-one"), new("assistant", "Reply-one"), new("user", "Ask-two"), new("assistant", "Reply-two")];
        int count = 0;
        var refused = new List<string>();
        foreach (Fixture fixture in Fixture.Find(TestPaths.SharedOrSkip("parity/chat-template")))
        {
            IEnumerable<string> files = fixture.ResolveKey("template") is string file ? [file]
                : Directory.Exists(fixture.Resolve("templates")) ? Directory.EnumerateFiles(fixture.Resolve("templates")) : [];
            foreach (string path in files)
            {
                var arguments = new ChatTemplateArguments { SpecialTokens = new Dictionary<string, string> { ["bos_token"] = "<s>", ["eos_token"] = "</s>" } };
                count++;
                IReadOnlyList<TokenRow> rows;
                try
                {
                    rows = new ChatEncoder(ChatTemplate.Parse(File.ReadAllText(path), path), Tokenizer).Encode(conversation, arguments);
                }
                catch (AttuneException exception)
                {
                    output.WriteLine(exception.Message);
                    refused.Add(fixture.Name["chat-template/".Length..] + "/" + Path.GetFileName(path));
                    continue;
                }

                string all = string.Concat(rows.Select(Trained));
                Assert.True(all.Contains("Reply-one", StringComparison.Ordinal) && all.Contains("Reply-two", StringComparison.Ordinal), path + ": " + all);
                Assert.False(all.Contains("Ask-", StringComparison.Ordinal), path + ": " + all);
                output.WriteLine($"{fixture.Name}/{Path.GetFileName(path)}: {JsonSerializer.Serialize(rows.Select(Trained))}");
            }
        }

        // One ends every conversation with a generation prompt, asked for or not; one fails without tools; one shows only contents in parts.
        Assert.Equal(
        [
            "published/CohereForAI-c4ai-command-r7b-12-2024-tool_use.jinja", "published/NousResearch-Hermes-3-Llama-3.1-8B-tool_use.jinja", "smolvlm/template.jinja",
        ], refused.Order(StringComparer.Ordinal));
        Assert.True(count > 80, $"{count} templates");
    }

    private static ChatEncoder Encoder(string fixture) => new(Template(fixture), Tokenizer);

    private static ChatTemplate Template(string fixture)
    {
        Fixture opened = Fixture.Open(TestPaths.SharedOrSkip("parity/chat-template/" + fixture));
        return ChatTemplate.Parse(File.ReadAllText(opened.ResolveKey("template")!), fixture, new Dictionary<string, string>
        {
            ["bos_token"] = "<|im_start|>", ["eos_token"] = "<|im_end|>",
        }, null);
    }

    private static string Trained(TokenRow row) => Tokenizer.Decode([.. row.Ids.Where((_, index) => row.Trained[index])], skipSpecialTokens: false);

    private static string All(TokenRow row) => Tokenizer.Decode(row.Ids, skipSpecialTokens: false);

    private sealed class MovingClock : TimeProvider
    {
        private int seconds;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddSeconds(seconds++);
    }
}
