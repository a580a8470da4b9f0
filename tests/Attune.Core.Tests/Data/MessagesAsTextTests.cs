using System.Text.Json;

namespace Attune.Data;

/// <summary>Lists that a table's cells hold as JSON text.</summary>
public sealed class MessagesAsTextTests
{
    private const string Talk = """[{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]""";
    private const string Shared = """[{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]""";
    private const string Python = "[{'role': 'user', 'content': 'q'}, {'role': 'assistant', 'content': 'a'}]";

    [Theory]
    [InlineData("messages", Talk)]
    [InlineData("messages", Shared)]
    [InlineData("conversations", Shared)]
    [InlineData("conversation", Talk)]
    [InlineData("conversations", "  \n" + Talk + "\n")]
    [InlineData("messages", """["{\"role\": \"user\", \"content\": \"q\"}", "{\"role\": \"assistant\", \"content\": \"a\"}"]""")]
    public void A_list_of_messages_as_text_is_read_in_every_format(string column, string list)
    {
        using var folder = new TempFolder();
        string quoted = list.Replace("\"", "\"\"");
        string once = JsonSerializer.Serialize(list), twice = JsonSerializer.Serialize(JsonSerializer.Serialize(list.Trim()));
        string[] files =
        [
            folder.Write("a.csv", $"id,{column}\n0,\"{quoted}\"\n"),
            folder.Write("a.jsonl", $"{{\"id\": 0, \"{column}\": {once}}}\n"),
            folder.Write("twice.jsonl", $"{{\"{column}\": {twice}}}\n"),
            folder.Write("a.json", $"[{{\"{column}\": {once}}}]"),
            list.Contains('\n') ? folder.Write("b.jsonl", $"{{\"{column}\": {list.ReplaceLineEndings("")}}}\n") : folder.Write("a.tsv", $"id\t{column}\n0\t{list}\n"),
        ];
        Assert.All(files, file => Assert.Equal("user: q|assistant: a", Only(new ExampleSource { Train = [file] })));
    }

    [Fact]
    public void A_mapped_column_may_hold_messages_as_text()
    {
        using var folder = new TempFolder();
        string path = folder.Write("a.csv", $"id,dialogue\n0,\"{Talk.Replace("\"", "\"\"")}\"\n");
        Assert.Equal("user: q|assistant: a", Only(new ExampleSource { Train = [path], Map = [new MappedColumn("messages", "{dialogue}")] }));
    }

    [Fact]
    public void The_parts_of_other_forms_may_be_text_too()
    {
        using var folder = new TempFolder();
        string prompt = """[{"role": "user", "content": "q"}]""", completion = """[{"role": "assistant", "content": "a"}]""";
        Assert.Equal("user: q|assistant: a", Only(Row(folder, new { prompt, completion })));
        Assert.Equal("user: q|assistant: a", Only(Row(folder, new { prompt, completion = JsonElement.Parse(completion) })));
        Assert.Equal("user: q0|assistant: a0|user: q|assistant: a", Only(Row(folder, new { instruction = "q", output = "a", history = "[[\"q0\", \"a0\"]]" })));
        Assert.Equal("user: q|assistant: a", Only(Row(folder, new { instruction = "q", output = "a", history = "" })));
        var chat = (Conversation)ExampleSet.Load(Row(folder, new { messages = Talk, tools = "[{\"name\": \"f\"}]", chat_template_kwargs = "{\"x\": 1}" })).Train[0];
        Assert.Equal(1, chat.Variables!.Value.GetProperty("x").GetInt32());
        Assert.Equal("f", chat.Tools!.Value[0].GetProperty("function").GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("[1, 2]")]
    [InlineData("[]")]
    [InlineData("[deleted]")]
    [InlineData("[{\"name\": \"Ann\", \"role\": \"engineer\"}]")]
    [InlineData("[{\"from\": \"Brest\", \"to\": \"Paris\"}]")]
    [InlineData("{\"role\": \"user\", \"content\": \"q\"}")]
    public void Text_that_begins_like_a_list_stays_text(string completion)
    {
        using var folder = new TempFolder();
        var notices = new Notices();
        Assert.Equal($"user: q|assistant: {completion}", Only(Row(folder, new { prompt = "q", completion }), notices));
        Assert.Empty(notices.All);
    }

    [Theory]
    [InlineData(Python, "messages: a Python list or dict written as text (single quotes), which is not JSON; write the column with json.dumps")]
    [InlineData("array([{'role': 'user', 'content': 'q'}],\n dtype=object)", "messages: a Python list or dict written as text")]
    [InlineData("[{'role': 'user', 'content': \"it's\"}\n {'role': 'assistant', 'content': 'a'}]", "messages: a Python list or dict written as text")]
    [InlineData("[{\"role\": \"user\", \"content\": \"q\"}", "messages: not JSON (the row ends before its brackets are closed)")]
    [InlineData("[{\"role\": \"user\" \"content\": \"q\"}]", "messages: not JSON at column 18")]
    [InlineData("[{}]", "messages[0] has no role")]
    [InlineData("[]", "\"messages\" is empty")]
    public void What_is_no_JSON_is_named_with_its_place_and_a_cure(string cell, string reason)
    {
        using var folder = new TempFolder();
        BadRow row = Assert.Throws<BadDataException>(() => Only(Row(folder, new { messages = cell }))).Rows[0];
        Assert.StartsWith(reason, row.Reason, StringComparison.Ordinal);
        Assert.EndsWith("a.jsonl:1", row.Place.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_with_a_blank_cell_for_its_messages_is_an_empty_row_and_null_is_a_bad_one()
    {
        using var folder = new TempFolder();
        string path = folder.Write("a.jsonl", $"{{\"messages\": null}}\n{{\"messages\": {Talk}}}\n{{\"messages\": \" \"}}\n");
        ExampleSet set = ExampleSet.Load(new ExampleSource { Train = [path], SkipBad = 1 });
        Assert.Equal((1, 1L), (set.Train.Count, set.Counts.Empty));
        Assert.Equal("\"messages\" is missing", Assert.Single(set.Rejected).Reason);
    }

    [Theory]
    [InlineData(Python, "[{'role': 'assistant', 'content': 'a'}]", "prompt: a Python list or dict")]
    [InlineData("q", """[{"role": "assistant", "content": "a"}]""", "not a string and a list of messages as JSON text")]
    [InlineData("""[{"role": "user", "content": "q"}]""", "a", "not a list of messages as JSON text and a string")]
    [InlineData("""[{"role": "user", "content": "q"}]""", """[{"role": "assistant", "content":""", "completion: not JSON")]
    public void A_prompt_or_completion_that_is_a_list_as_text_is_not_trained_as_letters(string prompt, string completion, string reason)
    {
        using var folder = new TempFolder();
        Assert.Contains(reason, Assert.Throws<BadDataException>(() => Only(Row(folder, new { prompt, completion }))).Rows[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Messages_inside_a_text_that_is_trained_get_a_notice()
    {
        using var folder = new TempFolder();
        string path = folder.Write("a.jsonl", string.Concat(Enumerable.Repeat(JsonSerializer.Serialize(new { text = Talk }) + "\n", 3)));
        var notices = new Notices();
        Only(new ExampleSource { Train = [path] }, notices);
        Notice notice = Assert.Single(notices.All, notice => notice.Code != "equal-rows");
        Assert.Equal("3 rows have a list of messages as JSON inside a text, trained letter by letter", notice.Text);
        Assert.Contains("a.jsonl:1: [{\"role\"", notice.First, StringComparison.Ordinal);
        Assert.Contains("data.map", notice.Cure, StringComparison.Ordinal);
    }

    private static ExampleSource Row(TempFolder folder, object row) => new() { Train = [folder.Write("a.jsonl", JsonSerializer.Serialize(row))] };

    private static string Only(ExampleSource source, Notices? notices = null)
    {
        var bad = new BadRows(0, notices);
        Example[] rows = [.. new ExampleReader(source).Read(bad).Select(row => row.Example)];
        bad.ThrowIfTooMany();
        return rows[0] is Conversation chat ? string.Join('|', chat.Messages) : ((PlainText)rows[0]).Text;
    }
}
