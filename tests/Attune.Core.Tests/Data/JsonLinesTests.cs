using System.Text;

namespace Attune.Data;

public sealed class JsonLinesTests
{
    private const string Good = """{"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Good morning"}]}""";

    // Each with the words that its reason must hold.
    private static readonly (byte[] Line, string Reason)[] Faults =
    [
        ("""{"messages": [{"role": "user", "content": "Hello"}"""u8.ToArray(), "not JSON"),
        ("nothing of the kind"u8.ToArray(), "not JSON at column 2"),
        ("[1, 2, 3]"u8.ToArray(), "a JSON object, not a list"),
        (Encoding.UTF8.GetBytes("\uFEFF" + Good), "byte order mark"),
        ([.. "{\"messages\": \""u8, 0, .. "\"}"u8], "NUL byte"),
        (Encoding.UTF8.GetBytes(Good.Replace("Hello", "He\\u0000llo")), "NUL character"),
        (Encoding.UTF8.GetBytes(Good.Replace("Hello", "He\\ud83dllo")), "half of a surrogate pair"),
        (Encoding.UTF8.GetBytes(Good.Replace("Hello", "\\ude00")), "half of a surrogate pair"),
        ([.. "{\"messages\": \"caf"u8, 0xE9, .. "\"}"u8], "invalid UTF-8 at byte 18"),
        (Encoding.UTF8.GetBytes(Good.Replace("\"role\": \"user\", ", "")), "messages[0] has no role"),
        (Encoding.UTF8.GetBytes(Good.Replace("Good morning", "  ")), "message 2 (assistant) is empty"),
        (Encoding.UTF8.GetBytes(Good.Replace("\"Hello\"", "17")), "the content must be text, not a number"),
        (Encoding.UTF8.GetBytes(Good.Replace("user", "usr")), "unknown role \"usr\" (did you mean \"user\"?)"),
        (Encoding.UTF8.GetBytes(Good.Replace("user", "assistant")), "the first must be the system's or the user's"),
        (Encoding.UTF8.GetBytes(Good.Replace("assistant", "user")), "two messages of the user follow each other"),
        ("""{"messages": []}"""u8.ToArray(), "\"messages\" is empty"),
        ("""{"messages": "Hello"}"""u8.ToArray(), "must be a list of messages, not a string"),
        ("""{"message": []}"""u8.ToArray(), "\"messages\" is missing"),
        ("""{"messages": null}"""u8.ToArray(), "\"messages\" is missing"),
        (Encoding.UTF8.GetBytes(Good.Replace("{\"role\": \"user\"", "{\"role\": \"user\", \"role\": \"system\"")), "the name \"role\" stands twice"),
        (Encoding.UTF8.GetBytes("{\"messages\": [{\"role\": \"user\", \"content\": \"" + new string('x', 5 << 20) + "\"}]}"), "5.0 MiB; the limit is 4 MiB"),
        (Encoding.UTF8.GetBytes(new string('[', 100) + new string(']', 100)), "deeper than 64"),
        (Encoding.UTF8.GetBytes(Good + "and more"), "not JSON"),
        (Encoding.UTF8.GetBytes(Good.Replace("}]}", "}, {\"role\": \"user\", \"content\": \"And?\"}]}")), "the last message must be the assistant's"),
        (Encoding.UTF8.GetBytes(Good.Replace("{\"role\": \"user\"", "{\"role\": \"user\", \"weight\": 0.5")), "the weight must be 0 or 1"),
    ];

    [Fact]
    public void Fifty_faults_among_ten_thousand_rows_are_all_named()
    {
        using var folder = new TempFolder();
        var planted = new Dictionary<long, string>();
        string path = Path.Combine(folder.Path, "coach.jsonl");
        using (FileStream file = File.Create(path))
        {
            file.Write("\uFEFF"u8);                 // a mark at the very beginning is no fault
            for (int line = 1; line <= 10_000; line++)
            {
                bool fault = line % 200 == 77;
                int which = line / 200 % Faults.Length;
                file.Write(fault ? Faults[which].Line : Encoding.UTF8.GetBytes(Good.Replace("Hello", "Hello " + line)));
                file.Write(line % 3 == 0 ? "\r\n"u8 : "\n"u8);
                if (fault)
                {
                    planted[line] = Faults[which].Reason;
                }
            }
        }

        BadDataException error = Assert.Throws<BadDataException>(() => ExampleSet.Load(new ExampleSource { Train = [path] }));
        Assert.Equal(ExitCode.BadData, error.ExitCode);
        Assert.Equal(50, planted.Count);
        Assert.Equal(planted.Keys.Order(), error.Rows.Select(row => row.Line));
        Assert.All(error.Rows, row =>
        {
            Assert.Contains(planted[row.Line], row.Reason);
            Assert.InRange(row.Excerpt.Length, 1, 60);
            Assert.Contains($"\n  {path}:{row.Line}: {row.Reason}", error.Message);
            Assert.DoesNotContain('\0', error.Message);
        });

        ExampleSet set = ExampleSet.Load(new ExampleSource { Train = [path], SkipBad = 50 });
        Assert.Equal(9_950, set.Train.Count);
        Assert.Equal((10_000, 50), (set.Counts.Rows, set.Counts.Bad));
        Assert.Equal(error.Rows, set.Rejected);
        Assert.Throws<BadDataException>(() => ExampleSet.Load(new ExampleSource { Train = [path], SkipBad = 49 }));
    }

    [Fact]
    public void A_file_that_was_cut_off_says_so()
    {
        using var folder = new TempFolder();
        string path = folder.Write("cut.jsonl", Good + "\n" + Good[..40]);
        BadRow row = Assert.Single(Assert.Throws<BadDataException>(() => ExampleSet.Load(new ExampleSource { Train = [path] })).Rows);
        Assert.Equal(2, row.Line);
        Assert.StartsWith("the file ends inside this row", row.Reason);
    }

    [Fact]
    public void The_last_line_needs_no_line_end()
    {
        using var folder = new TempFolder();
        Assert.Equal(2, ExampleSet.Load(new ExampleSource { Train = [folder.Write("a.jsonl", Good + "\n\n" + Good)] }).Train.Count);
    }

    [Fact]
    public void Rejected_rows_are_written_as_json_lines()
    {
        using var folder = new TempFolder();
        string path = folder.Write("a.jsonl", "{\"messages\": [\"\\u0007\"]}\n");
        var bad = new BadRows(1);
        Assert.Empty(new ExampleReader(new ExampleSource { Train = [path], SkipBad = 1 }).Read(bad));
        string rejected = Path.Combine(folder.Path, "rejected.jsonl");
        bad.Write(rejected);
        DataRow row = Assert.Single(RowFormats.Read(rejected, ReadOptions.Default, new BadRows()));
        Assert.Equal(["file", "line", "reason", "excerpt"], row.Columns);
        Assert.Equal(1, row.Fields.GetProperty("line").GetInt32());
    }

    [Fact]
    public void So_many_bad_rows_that_reading_on_is_of_no_use_stop_it()
    {
        using var folder = new TempFolder();
        string path = folder.Write("a.jsonl", string.Concat(Enumerable.Repeat("{\n", 5_000)));
        BadDataException error = Assert.Throws<BadDataException>(() => ExampleSet.Load(new ExampleSource { Train = [path] }));
        Assert.Equal(BadRows.Enough, error.Rows.Count);
        Assert.Contains("reading stopped there", error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    public void An_empty_file_is_an_error(string content)
    {
        using var folder = new TempFolder();
        AttuneException error = Assert.Throws<AttuneException>(() => ExampleSet.Load(new ExampleSource { Train = [folder.Write("a.jsonl", content)] }));
        Assert.Equal(ExitCode.BadData, error.ExitCode);
        Assert.Equal("there is no row", error.Problem);
    }

    [Fact]
    public void A_missing_file_is_named_with_the_nearest()
    {
        using var folder = new TempFolder();
        folder.Write("coach.jsonl", Good);
        AttuneException error = Assert.Throws<AttuneException>(() => ExampleSet.Load(new ExampleSource { Train = [Path.Combine(folder.Path, "coatch.jsonl")] }));
        Assert.Equal(ExitCode.MissingInput, error.ExitCode);
        Assert.Contains("did you mean \"coach.jsonl\"?", error.Message);
    }

    [Fact]
    public void A_list_of_objects_is_read_element_by_element_with_its_lines()
    {
        using var folder = new TempFolder();
        string path = folder.Write("a.json", $"[\n  {Good},\n\n  {Good.Replace("[", "[\n")},\n {{\"messages\": \"]}},{{\"}}\n, 7]\n");
        BadDataException error = Assert.Throws<BadDataException>(() => ExampleSet.Load(new ExampleSource { Train = [path] }));
        Assert.Equal([6L, 7L], error.Rows.Select(row => row.Line));
        ExampleSet set = ExampleSet.Load(new ExampleSource { Train = [path], SkipBad = 2 });
        Assert.Equal([2L, 4L], set.Train.Select(row => row.Place.Number));
    }

    [Theory]
    [InlineData("[{\"text\": \"a\"}", "cut off")]
    [InlineData("[{\"text\": \"a\"}, {\"text\": ", "cut off")]
    [InlineData("[{\"text\": \"a\"}] {", "cut off")]
    public void A_list_that_does_not_end_is_bad(string json, string reason)
    {
        using var folder = new TempFolder();
        string path = folder.Write("a.json", json);
        Assert.Contains(reason, Assert.Throws<BadDataException>(() => ExampleSet.Load(new ExampleSource { Train = [path] })).Rows[^1].Reason);
    }
}
