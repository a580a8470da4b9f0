using System.Text.Json;
using Attune.Text;

namespace Attune.Data;

public sealed class FormsTests
{
    [Theory]
    [InlineData("""{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}""", "messages", "user: q|assistant: a")]
    [InlineData("""{"messages": [{"role": "user", "content": [{"type": "text", "text": "q"}, {"type": "text", "text": "!"}], "name": null}, {"role": "assistant", "content": "a"}]}""", "messages", "user: q!|assistant: a")]
    [InlineData("""{"conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}], "system": "s"}""", "sharegpt", "system: s|user: q|assistant: a")]
    [InlineData("""{"conversations": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}""", "sharegpt", "user: q|assistant: a")]
    [InlineData("""{"messages": [{"from": "Human", "value": "q"}, {"from": "GPT", "value": "a"}]}""", "messages", "user: q|assistant: a")]
    [InlineData("""{"instruction": "q", "input": "", "output": "a"}""", "alpaca", "user: q|assistant: a")]
    [InlineData("""{"instruction": "q", "input": "x", "output": "a", "history": [["q0", "a0"]], "system": "s"}""", "alpaca", "system: s|user: q0|assistant: a0|user: q\nx|assistant: a")]
    [InlineData("""{"prompt": "q", "completion": "a"}""", "prompt-completion", "user: q|assistant: a")]
    [InlineData("""{"prompt": [{"role": "system", "content": "s"}, {"role": "user", "content": "q"}], "completion": [{"role": "assistant", "content": "a"}]}""", "prompt-completion", "system: s|user: q|assistant: a")]
    public void Forms_are_told_by_their_columns(string json, string form, string messages)
    {
        var reader = Load(json, out Example example);
        Assert.Equal(form, reader.Form!.Name);
        Assert.Equal(messages, string.Join('|', ((Conversation)example).Messages));
    }

    // Here, beside the test that adds a form: forms are the process's own, and the list in the message has all of them.
    [Fact]
    public void A_recipe_that_names_an_unknown_form_hears_which_are_known()
    {
        string yaml = "model: { source: builtin:tiny }\ndata: { train: a.jsonl, format: mesages }\nmethod: full\n";
        var error = Assert.Throws<Attune.Recipes.RecipeException>(() => Attune.Recipes.Recipe.Parse(yaml));
        Assert.Contains($"data.format must be one of auto, {string.Join(", ", ExampleForms.All.Select(form => form.Name))} (got mesages); did you mean messages?", error.Message, StringComparison.Ordinal);
        Assert.Equal(["messages", "sharegpt", "alpaca", "prompt-completion", "text"], ExampleForms.All.Take(5).Select(form => form.Name));
    }

    [Fact]
    public void Text_is_for_language_modelling()
    {
        Load("""{"id": 7, "text": "Once upon a time."}""", out Example example);
        Assert.Equal("Once upon a time.", Assert.IsType<PlainText>(example).Text);
    }

    [Fact]
    public void What_the_prompts_assistant_says_is_not_trained()
    {
        Load("""{"prompt": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}, {"role": "user", "content": "q2"}], "completion": [{"role": "assistant", "content": "a2"}]}""", out Example example);
        Assert.Equal([1, 0, 1, 1.0], ((Conversation)example).Messages.Select(message => message.Weight));
    }

    [Fact]
    public void Fields_of_messages_tools_and_template_arguments_are_kept()
    {
        Load("""
            {"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": null, "tool_calls": [{"type": "function", "function": {"name": "f", "arguments": {"x": 1}}}]}, {"role": "tool", "tool_call_id": "1", "content": "42"}, {"role": "assistant", "content": "a"}], "tools": "[{\"type\": \"function\"}]", "chat_template_kwargs": {"enable_thinking": false}}
            """, out Example example);
        var chat = (Conversation)example;
        Assert.Equal("function", chat.Tools!.Value[0].GetProperty("type").GetString());
        Assert.Equal(JsonValueKind.False, chat.Variables!.Value.GetProperty("enable_thinking").ValueKind);
        Assert.Null(chat.Messages[1].Content);
        Assert.Equal("1", chat.Messages[2].ToolCallId);
    }

    [Fact]
    public void A_function_call_of_sharegpt_is_a_tool_call()
    {
        Load("""{"conversations": [{"from": "human", "value": "q"}, {"from": "function_call", "value": "{\"name\": \"f\", \"arguments\": {\"x\": 1}}"}, {"from": "observation", "value": "2"}, {"from": "gpt", "value": "a"}]}""", out Example example);
        ChatMessage call = ((Conversation)example).Messages[1];
        Assert.Equal("assistant", call.Role);
        Assert.Equal(1, call.ToolCalls!.Value[0].GetProperty("function").GetProperty("arguments").GetProperty("x").GetInt32());
    }

    [Fact]
    public void A_form_may_be_named()
    {
        using var folder = new TempFolder();
        string path = folder.Write("a.jsonl", """{"text": "t", "prompt": "q", "completion": "a"}""");
        Assert.IsType<Conversation>(ExampleSet.Load(new ExampleSource { Train = [path] }).Train[0]);
        Assert.IsType<PlainText>(ExampleSet.Load(new ExampleSource { Train = [path], Form = "text" }).Train[0]);
        Assert.Contains("did you mean \"sharegpt\"?", Assert.Throws<AttuneException>(() => ExampleSet.Load(new ExampleSource { Train = [path], Form = "sharegtp" })).Message);
    }

    [Theory]
    [InlineData("""{"message": []}""", "(is \"message\" meant to be \"messages\"?)")]
    [InlineData("""{"question": "q", "answer": "a"}""", "or map the columns, for example user: \"{question}\"")]
    [InlineData("""{"prompt": "q", "completion": "a", "label": false}""", "are those of no known form")]
    public void Unknown_columns_are_said_once(string json, string words)
    {
        AttuneException error = Assert.Throws<AttuneException>(() => Load(string.Concat(Enumerable.Repeat(json + "\n", 500)), out _));
        Assert.Equal(ExitCode.BadData, error.ExitCode);
        Assert.Contains("a.jsonl:1: the columns (", error.Message);
        Assert.Contains(words, error.Message);
    }

    [Theory]
    [InlineData("""{"prompt": "q", "completion": [{"role": "assistant", "content": "a"}]}""", "must both be text or both be lists of messages, not a string and a list")]
    [InlineData("""{"instruction": ["q"], "output": "a"}""", "\"instruction\" must be text, not a list")]
    [InlineData("""{"instruction": "q", "output": "a", "history": [["only one"]]}""", "\"history\" must be a list of pairs of question and answer")]
    [InlineData("""{"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}, {"role": "assistant", "content": "a"}]}""", "a part of the content is not text")]
    [InlineData("""{"messages": [{"role": "user", "content": "q"}, {"role": "system", "content": "s"}, {"role": "assistant", "content": "a"}]}""", "the system's message must be the first")]
    [InlineData("""{"messages": [{"role": "user", "content": "q"}, {"role": "tool", "content": "s"}, {"role": "assistant", "content": "a"}]}""", "the tool cannot follow the user")]
    [InlineData("""{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}], "tools": "[{"}""", "tools: not JSON")]
    [InlineData("""{"conversations": [{"from": "human", "value": "q"}, {"from": "function_call", "value": "f(1)"}]}""", "not JSON")]
    public void Bad_rows_say_why(string json, string reason) =>
        Assert.Contains(reason, Assert.Throws<BadDataException>(() => Load(json, out _)).Rows[0].Reason);

    [Fact]
    public void Columns_may_be_mapped_to_several_turns_to_text_or_to_a_list()
    {
        using var folder = new TempFolder();
        string path = folder.Write("a.jsonl", """{"q1": "a", "a1": "b", "q2": "c", "a2": 4, "chat": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}]}""");
        Example Map(params MappedColumn[] map) => ExampleSet.Load(new ExampleSource { Train = [path], Map = map }).Train[0];
        Assert.Equal("user: a|assistant: b|user: c|assistant: 4",
            string.Join('|', ((Conversation)Map(new("user", "{q1}"), new("assistant", "{a1}"), new("user", "{q2}"), new("assistant", "{a2}"))).Messages));
        Assert.Equal("user: x|assistant: y", string.Join('|', ((Conversation)Map(new MappedColumn("messages", "{chat}"))).Messages));
        Assert.Equal("a-b", ((PlainText)Map(new MappedColumn("text", "{q1}-{a1}"))).Text);
        Assert.Contains("\"chat\" must be text, not a list", Assert.Throws<BadDataException>(() => Map(new MappedColumn("text", "{chat}"))).Message);
        Assert.Contains("make no example", Assert.Throws<AttuneException>(() => Map(new MappedColumn("user", "{q1}"))).Message);
    }

    [Fact]
    public void A_program_may_add_a_form_and_a_format()
    {
        ExampleForms.Add(new RiddleForm());
        RowFormats.Add(new RiddleFormat());
        using var folder = new TempFolder();
        string path = folder.Write("a.riddle", "What has keys and opens no lock?|A piano.\n");
        Assert.Equal("user: What has keys and opens no lock?|assistant: A piano.", string.Join('|', ((Conversation)ExampleSet.Load(new ExampleSource { Train = [path] }).Train[0]).Messages));
        Assert.Throws<ArgumentException>(() => ExampleForms.Add(new RiddleForm()));
        Assert.Throws<ArgumentException>(() => RowFormats.Add(new RiddleFormat()));
    }

    private sealed class RiddleForm : IExampleForm
    {
        public string Name => "riddle";

        public string Looks => "{riddle, answer}";

        public bool Fits(DataRow row) => row.TryGet("riddle", out _);

        public Example? Read(DataRow row) => new Conversation([new("user", row.Fields.GetProperty("riddle").GetString()!), new("assistant", row.Fields.GetProperty("answer").GetString()!)]);
    }

    private sealed class RiddleFormat : IRowFormat
    {
        public string Name => "riddle";

        public IReadOnlyList<string> Extensions => [".riddle"];

        public IEnumerable<DataRow> Read(string path, ReadOptions options, BadRows bad) => File.ReadLines(path).Select((line, i) =>
            new DataRow(new RowPlace(path, i + 1), JsonSerializer.SerializeToElement(new { riddle = line.Split('|')[0], answer = line.Split('|')[1] })));
    }

    [Fact]
    public void Plain_text_files_are_documents_paragraphs_or_lines()
    {
        using var folder = new TempFolder();
        string path = folder.Write("a.md", "\n# One\r\nmore\n\n\ntwo\n");
        (string, long)[] Rows(TextUnit unit) => ExampleSet.Load(new ExampleSource { Train = [path], Read = new ReadOptions { TextUnit = unit } }).Train
            .Select(row => (((PlainText)row).Text, row.Place.Number)).ToArray();
        Assert.Equal([("# One\nmore\n\n\ntwo", 2L)], Rows(TextUnit.Document));
        Assert.Equal([("# One\nmore", 2L), ("two", 6L)], Rows(TextUnit.Paragraph));
        Assert.Equal([("# One", 2L), ("more", 3L), ("two", 6L)], Rows(TextUnit.Line));
    }

    private static ExampleReader Load(string json, out Example example)
    {
        using var folder = new TempFolder();
        var reader = new ExampleReader(new ExampleSource { Train = [folder.Write("a.jsonl", json)] });
        var bad = new BadRows();
        Example[] all = reader.Read(bad).Select(row => row.Example).ToArray();
        bad.ThrowIfTooMany();
        example = all[0];
        return reader;
    }
}
