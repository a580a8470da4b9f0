using System.Text.Json;
using Attune.Verification;

namespace Attune.Text;

/// <summary>A model is trained on the tokens that it will read: those of the prompt by itself, and then the reply's.</summary>
public sealed class InferenceTokensTests(ITestOutputHelper output)
{
    private const string SmolLm2 = "models/smollm2-135m-instruct-gguf/hf";
    private const string ChatMl = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
        + "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

    // The shapes of templates that are about: what their generation prompt ends with, and what they add.
    public static TheoryData<string, string> Shapes => new()
    {
        { "a space", "{% for m in messages %}{% if m.role == 'user' %}USER: {{ m.content }} ASSISTANT: {% else %}{{ m.content }}{{ eos_token }}\n{% endif %}{% endfor %}" },
        { "a colon", "{% for m in messages %}{% if m.role == 'user' %}USER: {{ m.content }} ASSISTANT:{% else %} {{ m.content }}{{ eos_token }}\n{% endif %}{% endfor %}" },
        { "a line's end", ChatMl },
        { "two line ends", "{% for m in messages %}### {{ m.role }}:\n\n{{ m.content }}\n\n{% endfor %}{% if add_generation_prompt %}### assistant:\n\n{% endif %}" },
        { "a special token", "{% for m in messages %}{% if m.role == 'user' %}{{ bos_token }}{{ m.content }}{{ bos_token }}{% else %}{{ m.content }}{{ eos_token }}{% endif %}{% endfor %}" },
        { "nothing", "{% for m in messages %}{{ m.role }}: {{ m.content }}{{ eos_token }}\n{% endfor %}" },
        { "letters", "{% for m in messages %}{% if m.role == 'user' %}Q{{ m.content }}A{% else %}{{ m.content }}{{ eos_token }}{% endif %}{% endfor %}" },
        { "a space, and the template trims", "{% for m in messages %}[{{ m.role }}] {{ m.content | trim }} {% endfor %}{% if add_generation_prompt %}[assistant] {% endif %}" },
        { "a thought", "{% for m in messages %}<|im_start|>{{ m.role }}\n{% if m.role == 'assistant' %}<think>\n\n</think>\n\n{% endif %}{{ m.content }}<|im_end|>\n{% endfor %}"
            + "{% if add_generation_prompt %}<|im_start|>assistant\n<think>\n{% endif %}" },
        { "a thought that replies lack", ChatMl.Replace("assistant\n", "assistant\n<think>\n", StringComparison.Ordinal) },
        { "a system message", "{% if messages[0].role != 'system' %}<|im_start|>system\nBe kind.<|im_end|>\n{% endif %}" + ChatMl },
        { "marks", "{% for m in messages %}{% if m.role == 'user' %}USER: {{ m.content }} ASSISTANT: {% else %}"
            + "{% generation %}{{ m.content }}{{ eos_token }}{% endgeneration %}\n{% endif %}{% endfor %}" },
    };

    private static readonly string[] Replies =
    [
        "You can go out now.", " You can go out now.", "\nYou can go out now.", "\n\nYou can.", "    return 1\n", "\tx = 1", "12 apples", "é😀 yes", "\"Quoted\"", "…",
    ];

    private static readonly string[] Tokenizers =
    [
        SmolLm2, "parity/tokenizer/llama2-like", "parity/tokenizer/llama2-like-metaspace-first", "parity/tokenizer/unigram-byte-fallback",
        "parity/tokenizer/gemma-like", "parity/tokenizer/roberta-like", "parity/tokenizer/llama3-like", "tokenizers/tok_bert",
        "parity/tokenizer/llama-spm-legacy", "parity/tokenizer/xlm-roberta-like", "parity/tokenizer/sentencepiece-unigram-byte-fallback",
    ];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_row_is_the_prompts_tokens_and_then_the_replys(string ends, string source)
    {
        foreach (string folder in Tokenizers)
        {
            Tokenizer tokenizer = Open(folder);
            ChatEncoder encoder = Encoder(source, tokenizer);
            foreach (string reply in Replies)
            {
                ChatMessage[] talk = [new("user", "Can I go out?"), new("assistant", reply), new("user", "And now"), new("assistant", reply + " Yes")];
                IReadOnlyList<TokenRow> rows = encoder.Encode(talk);
                Assert.NotEmpty(rows);
                foreach (int turn in new[] { 1, 3 })
                {
                    int[] prompt = encoder.EncodePrompt([.. talk.Take(turn)]);
                    Assert.True(rows.Any(row => TrainsFrom(row, prompt)), $"{ends}, {folder}, {JsonSerializer.Serialize(reply)}, message {turn + 1}");
                }
            }
        }
    }

    // Byte-level BPE and Llama's pieces spell every letter; what the tokens say must be what the template wrote.
    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_tokens_spell_what_the_template_writes(string ends, string source)
    {
        foreach (string folder in Tokenizers.Take(5).Where(name => !name.Contains("unigram", StringComparison.Ordinal)))
        {
            Tokenizer tokenizer = Open(folder);
            ChatTemplate template = Template(source, tokenizer);
            ChatEncoder encoder = Encoder(source, tokenizer);
            foreach (string reply in Replies)
            {
                ChatMessage[] talk = [new("user", "Can I go out?"), new("assistant", reply)];
                TokenRow row = Assert.Single(encoder.Encode(talk));
                string prompt = template.Render(talk[..1], new ChatTemplateArguments { AddGenerationPrompt = true }).Text;
                string whole = template.Render(talk, new ChatTemplateArguments()).Text;
                string said = whole.StartsWith(prompt, StringComparison.Ordinal) ? whole[prompt.Length..] : reply + "<|im_end|>\n";
                int[] promptIds = encoder.EncodePrompt(talk[..1]);
                string before = tokenizer.Decode(promptIds, skipSpecialTokens: false);
                string all = tokenizer.Decode(row.Ids, skipSpecialTokens: false);
                Assert.StartsWith(before, all, StringComparison.Ordinal);

                // Llama's first way puts a space after every special token, which its decoder leaves there.
                string got = all[before.Length..];
                Assert.True(got == said || folder.Contains("llama2-like", StringComparison.Ordinal) && Squeezed(got) == Squeezed(said),
                    $"{ends}, {folder}: {JsonSerializer.Serialize(got)}, not {JsonSerializer.Serialize(said)}");
            }
        }
    }

    [Fact]
    public void A_reply_is_encoded_apart_where_a_token_would_reach_into_it()
    {
        Tokenizer tokenizer = Open(SmolLm2);
        ChatEncoder encoder = Encoder("{% for m in messages %}{% if m.role == 'user' %}USER: {{ m.content }} ASSISTANT: {% else %}{{ m.content }}<|im_end|>{% endif %}{% endfor %}", tokenizer);
        TokenRow row = Assert.Single(encoder.Encode([new("user", "Can I go out?"), new("assistant", "You can.")]));
        Assert.Equal(["You", "Ġcan", ".", "<|im_end|>"], row.Ids.Where((_, i) => row.Trained[i]).Select(tokenizer.TokenOf));
        row = Assert.Single(Encoder(ChatMl, tokenizer).Encode([new("user", "Code?"), new("assistant", "\n\n    return 1")]));
        Assert.Equal("\n\n    return 1<|im_end|>\n", tokenizer.Decode([.. row.Ids.Where((_, i) => row.Trained[i])], skipSpecialTokens: false));
    }

    [Fact]
    public void A_piece_of_text_that_goes_on_gets_no_space_of_its_own()
    {
        foreach (string folder in new[] { "llama2-like", "llama2-like-metaspace-first", "llama-spm-legacy", "sentencepiece-unigram-byte-fallback" })
        {
            Tokenizer tokenizer = Open("parity/tokenizer/" + folder);
            Assert.True("▁Ġ".Contains(tokenizer.TokenOf(tokenizer.Encode("the", addSpecialTokens: false).Ids[0])![0]), folder);
            Assert.False("▁Ġ".Contains(tokenizer.TokenOf(tokenizer.EncodeContinuation("the", []).Ids[0])![0]), folder);
            Assert.True("▁Ġ".Contains(tokenizer.TokenOf(tokenizer.EncodeContinuation(" the", []).Ids[0])![0]), folder);
        }
    }

    // The reference encodes a conversation as a whole; `attune verify` holds to that. Training takes the tokens of inference instead.
    [Fact]
    public void The_fixtures_rows_are_the_references_but_where_a_token_reaches_over_a_boundary()
    {
        int rows = 0, different = 0, refused = 0;
        foreach (Fixture fixture in Fixture.Find(TestPaths.SharedOrSkip("parity/chat-template")))
        {
            if (fixture.ResolveKey("tokenizer") is not string folder)
            {
                continue;
            }

            Tokenizer tokenizer = Tokenizer.FromFolder(folder);
            foreach (JsonElement item in fixture.ReadJsonFile("cases.json").EnumerateArray().Where(item => item.TryGetProperty("input_ids", out _)))
            {
                rows++;
                bool? same = IsReferences(fixture, item, tokenizer);
                different += same == false ? 1 : 0;
                refused += same is null ? 1 : 0;
            }
        }

        output.WriteLine($"{different} of {rows} rows differ, {refused} are refused");

        // Marks that begin before the reply does, and turns that a template shows differently later; replies that are empty or lose calls.
        Assert.Equal((175, 18, 34), (rows, different, refused));
    }

    // Null: training refuses the conversation, because its template leaves out a part of a reply.
    private bool? IsReferences(Fixture fixture, JsonElement item, Tokenizer tokenizer)
    {
        string? Text(string key) => item.TryGetProperty(key, out JsonElement value) ? value.GetString() : null;
        JsonElement conversation = Text("conversation") is { } name ? fixture.ReadJsonFile(fixture.Text("conversations")!).GetProperty(name) : item;
        string path = fixture.Resolve(Text("template_file") ?? fixture.Text("template")!);
        JsonElement tokens = item.TryGetProperty("special_tokens", out JsonElement own) ? own : fixture.Json.GetProperty("special_tokens");
        var arguments = new ChatTemplateArguments
        {
            SpecialTokens = tokens.EnumerateObject().ToDictionary(token => token.Name, token => token.Value.GetString()!),
            Tools = conversation.TryGetProperty("tools", out JsonElement tools) ? tools : null,
        };
        ChatMessage[] messages = [.. conversation.GetProperty("messages").EnumerateArray().Select(ChatMessage.FromJson)];
        try
        {
            IReadOnlyList<TokenRow> rows = new ChatEncoder(ChatTemplate.Parse(File.ReadAllText(path), path), tokenizer).Encode(messages, arguments);
            bool[] mask = [.. item.GetProperty("assistant_masks").EnumerateArray().Select(one => one.GetInt32() == 1)];
            int last = Array.LastIndexOf(mask, true) + 1;
            int[] ids = [.. item.GetProperty("input_ids").EnumerateArray().Select(id => id.GetInt32()).Take(last)];
            bool same = rows.Count == 0 ? last == 0 : rows.Count == 1 && rows[0].Ids.Take(last).SequenceEqual(ids) && rows[0].Trained.Take(last).SequenceEqual(mask.Take(last));
            if (!same)
            {
                output.WriteLine($"{fixture.Name}: {Text("name") ?? Text("conversation")}: {rows.Count} rows");
            }

            return same;
        }
        catch (AttuneException exception)
        {
            output.WriteLine($"{fixture.Name}: {exception.Message}");
            return null;
        }
    }

    private static bool TrainsFrom(TokenRow row, int[] prompt) =>
        row.Ids.AsSpan().StartsWith(prompt) && row.Ids.Length > prompt.Length && row.Trained[prompt.Length] && (prompt.Length < 2 || !row.Trained[prompt.Length - 1]);

    private static string Squeezed(string text) => text.Replace(" ", "", StringComparison.Ordinal);

    private static Tokenizer Open(string folder) => Tokenizer.FromFolder(TestPaths.SharedOrSkip(folder));

    private static ChatTemplate Template(string source, Tokenizer tokenizer) => ChatTemplate.Parse(source, "shape", new Dictionary<string, string>
    {
        ["bos_token"] = Special(tokenizer, tokenizer.BosTokenId) ?? "<s>", ["eos_token"] = Special(tokenizer, tokenizer.EosTokenId) ?? "</s>",
    }, null);

    private static string? Special(Tokenizer tokenizer, int? id) => id is { } known ? tokenizer.TokenOf(known) : null;

    private static ChatEncoder Encoder(string source, Tokenizer tokenizer) => new(Template(source, tokenizer), tokenizer);
}
