using System.Text.Json;
using Attune.Text;
using Attune.Verification;

namespace Attune.Data;

/// <summary>Tool calls, tools, tools' answers, reasoning and weights: every spelling of one conversation gives one row.</summary>
public sealed class ToolCallTests(ITestOutputHelper output)
{
    // A template that writes calls with tojson, as Hermes, Qwen and Llama do.
    private const string Hermes = """
        {%- if tools %}{{- '<tools>' }}{%- for tool in tools %}{{- tool | tojson }}{%- endfor %}{{- '</tools>\n' }}{%- endif %}
        {%- for m in messages %}
        {{- '<|im_start|>' + m.role + '\n' }}
        {%- if m.reasoning_content %}{{- '<think>' + m.reasoning_content + '</think>' }}{%- endif %}
        {%- if m.content %}{{- m.content }}{%- endif %}
        {%- for call in m.tool_calls or [] %}{%- if call.function %}{%- set call = call.function %}{%- endif %}
        {{- '<tool_call>{"name": "' + call.name + '", "arguments": ' + call.arguments | tojson + '}</tool_call>' }}{%- endfor %}
        {{- '<|im_end|>\n' }}
        {%- endfor %}
        {%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}{%- endif %}
        """;

    // One that joins the arguments to its text, as DeepSeek does, and shows calls where the content is null alone.
    private const string Joining = """
        {%- if tools %}{{- '<tools>' }}{%- for tool in tools %}{{- tool | tojson }}{%- endfor %}{{- '</tools>\n' }}{%- endif %}
        {%- for m in messages %}
        {{- '<|im_start|>' + m['role'] + '\n' }}
        {%- if m['role'] == 'assistant' and m['content'] is none %}
        {%- for call in m['tool_calls'] %}{{- call['function']['name'] + ' ' + call['function']['arguments'] + '\n' }}{%- endfor %}
        {%- else %}{{- m['content'] }}{%- endif %}
        {{- '<|im_end|>\n' }}
        {%- endfor %}
        {%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}{%- endif %}
        """;

    private const string Question = """{"role": "user", "content": "High water in Brest?"}""";
    private const string Answer = """{"role": "tool", "name": "tide", "content": "06:12"}""";
    private const string Reply = """{"role": "assistant", "content": "At 06:12."}""";
    private const string Tools = """[{"type": "function", "function": {"name": "tide", "parameters": {"type": "object"}}}]""";

    private static readonly Lazy<Tokenizer> Minimind = new(() => Tokenizer.FromFolder(TestPaths.SharedOrSkip("tokenizers/tok_minimind")));

    public static TheoryData<string> Spellings =>
    [
        OpenAi("""{"role": "assistant", "content": null, "tool_calls": [{"type": "function", "function": {"name": "tide", "arguments": {"port": "Brest", "n": [1, 2.50]}}}]}"""),
        OpenAi("""{"role": "assistant", "content": "", "tool_calls": [{"type": "function", "function": {"name": "tide", "arguments": "{\"port\":\"Brest\",\"n\":[1,2.5]}"}}]}"""),
        OpenAi("""{"role": "assistant", "tool_calls": [{"id": null, "function": {"name": "tide", "arguments": "{\n  \"port\": \"Brest\",\n  \"n\": [1, 2.5]\n}"}}]}"""),
        OpenAi("""{"role": "assistant", "content": null, "tool_calls": [{"name": "tide", "arguments": {"port": "Brest", "n": [1, 2.5]}}]}"""),
        OpenAi("""{"role": "assistant", "content": null, "tool_calls": "[{\"function\": {\"name\": \"tide\", \"arguments\": \"{\\\"port\\\": \\\"Brest\\\", \\\"n\\\": [1, 2.5]}\"}}]"}"""),
        OpenAi("""{"role": "assistant", "content": null, "function_call": {"name": "tide", "arguments": "{\"port\": \"Brest\", \"n\": [1, 2.5]}"}, "tool_calls": null}""")
            .Replace("\"role\": \"tool\"", "\"role\": \"function\"").Replace("\"tools\"", "\"functions\"").Replace(Tools, """[{"name": "tide", "parameters": {"type": "object"}}]"""),
        """{"conversations": [{"from": "human", "value": "High water in Brest?"}, {"from": "function_call", "value": "{\"name\": \"tide\", \"arguments\": {\"port\": \"Brest\", \"n\": [1, 2.5]}}"}, {"from": "observation", "value": "06:12", "name": "tide"}, {"from": "gpt", "value": "At 06:12."}], "tools": "[{\"name\": \"tide\", \"parameters\": {\"type\": \"object\"}}]"}""",
        """{"conversations": [{"from": "Human", "value": "High water in Brest?"}, {"from": "tool-call", "value": [{"name": "tide", "arguments": "{\"port\": \"Brest\", \"n\": [1, 2.5]}"}]}, {"from": "Function Response", "value": "06:12", "name": "tide"}, {"from": "GPT", "value": "At 06:12."}], "tools": [{"type": "function", "name": "tide", "parameters": {"type": "object"}}]}""",
    ];

    [Theory]
    [MemberData(nameof(Spellings))]
    public void Every_spelling_of_a_call_gives_the_row_that_the_template_wants(string json)
    {
        const string Before = "<tools>{\"type\": \"function\", \"function\": {\"name\": \"tide\", \"parameters\": {\"type\": \"object\"}}}</tools>\n<|im_start|>user\nHigh water in Brest?<|im_end|>\n<|im_start|>assistant\n";
        Assert.Equal(Before + "[<tool_call>{\"name\": \"tide\", \"arguments\": {\"port\": \"Brest\", \"n\": [1, 2.5]}}</tool_call><|im_end|>\n]"
            + "<|im_start|>tool\n06:12<|im_end|>\n<|im_start|>assistant\n[At 06:12.<|im_end|>\n]", Masked(json, ChatTemplate.Parse(Hermes, "hermes")));
        Assert.Equal(Before + "[tide {\"port\": \"Brest\", \"n\": [1, 2.5]}\n<|im_end|>\n]<|im_start|>tool\n06:12<|im_end|>\n<|im_start|>assistant\n[At 06:12.<|im_end|>\n]",
            Masked(json, ChatTemplate.Parse(Joining, "joining")));
    }

    [Fact]
    public void Every_template_of_the_fixtures_that_shows_calls_shows_all_spellings_alike()
    {
        int shown = 0;
        foreach (Fixture fixture in Fixture.Find(TestPaths.SharedOrSkip("parity/chat-template")))
        {
            IEnumerable<string> files = fixture.ResolveKey("template") is string file ? [file]
                : Directory.Exists(fixture.Resolve("templates")) ? Directory.EnumerateFiles(fixture.Resolve("templates")) : [];
            foreach (string path in files)
            {
                var template = ChatTemplate.Parse(File.ReadAllText(path), path);
                string[] rows = [.. Spellings.Select(spelling => Outcome(spelling.Data, template)).Distinct()];
                Assert.True(rows.Length == 1, $"{path}: {string.Join("\n---\n", rows)}");
                shown += rows[0].Contains("Brest\", \"n\": [1, 2.5]", StringComparison.Ordinal) ? 1 : 0;
                output.WriteLine($"{fixture.Name}/{Path.GetFileName(path)}: {rows[0]}");
            }
        }

        Assert.True(shown >= 25, $"{shown} templates show the call");
    }

    [Fact]
    public void What_is_said_and_called_in_one_turn_stays_one_turn()
    {
        var template = ChatTemplate.Parse(Hermes, "hermes");
        string calls = """[{"name": "tide", "arguments": {"port": "Brest"}}, {"name": "moon", "arguments": "{}"}]""";
        string openAi = $$"""{"messages": [{{Question}}, {"role": "assistant", "content": "I look it up.", "reasoning_content": "A tide.", "tool_calls": {{calls}} }]}""";
        string masked = Masked(openAi, template);
        Assert.Equal("<|im_start|>user\nHigh water in Brest?<|im_end|>\n<|im_start|>assistant\n[<think>A tide.</think>I look it up."
            + "<tool_call>{\"name\": \"tide\", \"arguments\": {\"port\": \"Brest\"}}</tool_call><tool_call>{\"name\": \"moon\", \"arguments\": {}}</tool_call><|im_end|>\n]", masked);
        Assert.Equal(masked, Masked(openAi.Replace("reasoning_content", "thinking"), template));
        Assert.Equal(masked, Masked(openAi.Replace("reasoning_content", "reasoning"), template));
        Assert.Equal(masked, Masked("""
            {"conversations": [{"from": "human", "value": "High water in Brest?"}, {"from": "gpt", "value": "I look it up.", "reasoning": "A tide."}, {"from": "function_call", "value": "{\"name\": \"tide\", \"arguments\": {\"port\": \"Brest\"}}"}, {"from": "function_call", "value": "{\"name\": \"moon\"}"}]}
            """, template));
    }

    [Fact]
    public void Several_answers_of_tools_and_a_user_after_them_are_in_order()
    {
        var chat = (Conversation)Load($$"""
            {"messages": [{{Question}}, {"role": "assistant", "tool_calls": [{"id": "a", "name": "tide"}, {"id": "b", "name": "moon"}]}, {"role": "tool", "tool_call_id": "a", "content": {"high": "06:12"} }, {"role": "tool", "tool_call_id": "b", "content": ["full", 1]}, {"role": "user", "content": "And?"}, {{Reply}}]}
            """);
        Assert.Equal(["user", "assistant", "tool", "tool", "user", "assistant"], chat.Messages.Select(message => message.Role));
        Assert.Equal(("""{"high": "06:12"}""", """["full", 1]"""), (chat.Messages[2].Content, chat.Messages[3].Content));
        Assert.Equal(("a", "b"), (chat.Messages[2].ToolCallId, chat.Messages[3].ToolCallId));
    }

    [Theory]
    [InlineData("0", "[At 06:12.<|im_end|>\n]")]
    [InlineData("false", "[At 06:12.<|im_end|>\n]")]
    [InlineData("0.0", "[At 06:12.<|im_end|>\n]")]
    [InlineData("1", "[Yes.<|im_end|>\n]|[At 06:12.<|im_end|>\n]")]
    [InlineData("true", "[Yes.<|im_end|>\n]|[At 06:12.<|im_end|>\n]")]
    public void A_reply_of_weight_0_is_context(string weight, string trained)
    {
        string masked = Masked($$"""{"messages": [{{Question}}, {"role": "assistant", "content": "Yes.", "weight": {{weight}}}, {"role": "user", "content": "When?"}, {{Reply}}]}""", ChatTemplate.Parse(Hermes, "hermes"));
        Assert.Contains("Yes.", masked, StringComparison.Ordinal);
        Assert.Equal(trained, string.Join('|', System.Text.RegularExpressions.Regex.Matches(masked, @"\[[^\]]*\]").Select(match => match.Value)));
    }

    [Theory]
    [InlineData("""{"role": "assistant", "tool_calls": [{"function": {"name": "tide", "arguments": "{\"port\": "}}]}""", "messages[1].tool_calls[0]: the arguments: not JSON")]
    [InlineData("""{"role": "assistant", "tool_calls": [{"function": {"name": "tide", "arguments": "{'port': 'Brest'}"}}]}""", "the arguments: a Python list or dict written as text")]
    [InlineData("""{"role": "assistant", "tool_calls": [{"function": {"name": "tide", "arguments": [1]}}]}""", "the arguments must be an object, not a list")]
    [InlineData("""{"role": "assistant", "tool_calls": [{"function": {"arguments": {}}}]}""", "messages[1].tool_calls[0]: a function call must be an object with name and arguments")]
    [InlineData("""{"role": "assistant", "tool_calls": "tide()"}""", "messages[1].tool_calls: not JSON")]
    [InlineData("""{"role": "assistant", "function_call": "auto"}""", "messages[1].function_call: not JSON")]
    [InlineData("""{"role": "assistant", "function_call": {"name": "a"}, "tool_calls": [{"name": "a"}]}""", "has tool_calls and function_call")]
    [InlineData("""{"role": "assistant", "content": "a", "reasoning": "x", "thinking": "y"}""", "two different reasonings")]
    [InlineData("""{"role": "assistant", "content": "a", "reasoning": ["x"]}""", "the reasoning must be text, not a list")]
    [InlineData("""{"role": "assistant", "content": "a", "weight": "0"}""", "the weight must be 0 or 1")]
    [InlineData("""{"role": "assistant", "content": "a", "weight": 0.5}""", "the weight must be 0 or 1")]
    public void What_cannot_be_a_call_a_reasoning_or_a_weight_is_named(string message, string reason)
    {
        BadRow row = Assert.Throws<BadDataException>(() => Load($$"""{"messages": [{{Question}}, {{message}}]}""")).Rows[0];
        Assert.Contains(reason, row.Reason, StringComparison.Ordinal);
        Assert.EndsWith("a.jsonl:1", row.Place.ToString(), StringComparison.Ordinal);
    }

    private static string OpenAi(string call) => $$"""{"messages": [{{Question}}, {{call}}, {{Answer}}, {{Reply}}], "tools": {{Tools}} }""";

    private static string Outcome(string json, ChatTemplate template)
    {
        try
        {
            return Masked(json, template);
        }
        catch (AttuneException error) when (error.ExitCode == ExitCode.BadData)
        {
            return error.Problem;
        }
    }

    // The rows of an example with what is trained in brackets.
    private static string Masked(string json, ChatTemplate template)
    {
        var conversation = (Conversation)Load(json);
        var encoder = new RowEncoder(Minimind.Value, template, new EncodeOptions { MaxTokens = 4096 });
        return string.Join("\n=====\n", encoder.Encode(conversation).Select(Masked));
    }

    private static string Masked(TokenRow row)
    {
        var text = new System.Text.StringBuilder();
        for (int start = 0; start < row.Ids.Length;)
        {
            int end = start;
            while (end < row.Ids.Length && row.Trained[end] == row.Trained[start])
            {
                end++;
            }

            string part = Minimind.Value.Decode(row.Ids.AsSpan(start..end), skipSpecialTokens: false);
            text.Append(row.Trained[start] ? $"[{part}]" : part);
            start = end;
        }

        return text.ToString();
    }

    private static Example Load(string json)
    {
        using var folder = new TempFolder();
        return ExampleSet.Load(new ExampleSource { Train = [folder.Write("a.jsonl", json)] }).Train[0];
    }
}
