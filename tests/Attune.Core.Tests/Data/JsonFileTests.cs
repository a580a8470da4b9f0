namespace Attune.Data;

/// <summary>Rows of JSON, however they stand in a file and whatever it is called.</summary>
public sealed class JsonFileTests : IDisposable
{
    private const string A = """{"text": "a [1] {", "n": [1, {"x": 2}]}""", B = """{"text": "b\"}\\", "n": []}""", C = """{"text": "c"}""";

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, long[]> Layouts { get; } = new()
    {
        { $"{A}\n{B}\n{C}\n", [1, 2, 3] },
        { $"\uFEFF{A}\r\n\r\n{B}\r\n{C}", [1, 3, 4] },
        { $"[{A}, {B}, {C}]", [1, 1, 1] },
        { $"[\n{A},\n{B},\n{C}\n]\n", [2, 3, 4] },
        { $"{A}{B}{C}", [1, 1, 1] },
        { $"{A} {B}\n{C}\n", [1, 1, 2] },
        { $"{A},\n{B},\n{C}\n", [1, 2, 3] },
        { $"{A}\n{B}{C}\n", [1, 2, 2] },
        { $"[{A}, {B}]\n[{C}]\n", [1, 1, 2] },
        { Pretty(A) + "\n" + Pretty(B) + "\n" + Pretty(C), [1, 7, 10] },
        { Pretty(A) + ",\n" + Pretty(B) + Pretty(C) + "\n", [1, 7, 9] },
        { Pretty(A, "") + "\n" + Pretty(B, "") + "\n" + Pretty(C, ""), [1, 7, 10] },
        { $"{{\"version\": \"1\", \"data\": [{A},\n{B}, {C}], \"count\": 3}}", [1, 2, 2] },
        { $"{{\n  \"version\": {{\"data\": []}},\n  \"rows\": [\n{A},\n{B}\n, {C}\n]\n}}\n", [4, 5, 6] },
    };

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Rows_are_read_with_their_lines(string json, long[] lines)
    {
        foreach (string extension in new[] { ".json", ".jsonl", ".ndjson" })
        {
            DataRow[] rows = Read(json, out BadRows bad, extension);
            Assert.Empty(bad.Rows);
            Assert.Equal(["a [1] {", "b\"}\\", "c"], rows.Select(row => row.Fields.GetProperty("text").GetString()));
            Assert.Equal(lines, rows.Select(row => row.Place.Number));
            Assert.Equal(3, bad.Seen);
        }
    }

    [Fact]
    public void A_list_inside_an_object_is_told_with_what_is_not_used()
    {
        Read($"{{\"version\": 1, \"data\": [{C}]}}", out BadRows bad);
        Assert.Equal("the rows are the list \"data\" of a file's one object; \"version\" beside it is not used", Assert.Single(bad.Notices.All).Text);
    }

    [Theory]
    [InlineData("""{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}""")]
    [InlineData("""{"talk": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}""")]
    [InlineData("""{"text": "a", "notes": [{"by": "me"}]}""")]
    public void One_row_is_a_row_whatever_lists_it_has(string json)
    {
        Assert.Equal(json[2..6], Assert.Single(Read(json, out _)).Columns.First()[..4]);
        Assert.Single(Read(json.Replace("{", "{\n ", StringComparison.Ordinal), out _, ".jsonl"));
    }

    [Theory]
    [InlineData("""{"train": [{"text": "a"}], "test": [{"text": "b"}]}""", "several lists of rows: train, test", "jq -c '.[\"train\"][]'")]
    [InlineData("""{"text": ["a", "b"], "label": [0, 1]}""", "whole columns", "orient=\"records\"")]
    [InlineData("""{"text": {"0": "a", "1": "b"}, "label": {"0": 0, "1": 1}}""", "whole columns", "orient=\"records\"")]
    [InlineData("""{"q1": {"text": "a"}, "q2": {"text": "b"}}""", "one object of objects (q1, q2", "jq -c '.[]'")]
    public void Objects_that_are_no_rows_say_what_to_do(string json, string problem, string cure)
    {
        AttuneException error = Assert.Throws<AttuneException>(() => Read(json, out _));
        Assert.Contains(problem, error.Problem);
        Assert.Contains(cure, error.Cure);
    }

    [Fact]
    public void Rows_that_are_nested_deeper_are_told()
    {
        string path = folder.Write("squad.json", """{"version": "1.1", "data": [{"title": "t", "paragraphs": [{"context": "c", "qas": []}]}]}""");
        Assert.Contains("\"paragraphs\" is a list of objects",
            Assert.Throws<AttuneException>(() => ExampleSet.Load(new() { Train = [path] })).Problem);
        path = folder.Write("turns.json", """[{"role": "user", "content": "q"}]""");
        Assert.Contains("single messages", Assert.Throws<AttuneException>(() => ExampleSet.Load(new() { Train = [path] })).Problem);
    }

    [Fact]
    public void A_broken_object_among_pretty_ones_costs_no_other()
    {
        DataRow[] rows = Read("{\n  \"text\": \"a\"\n}\n{\n  \"text\": [\n{\n  \"text\": \"c\"\n}\n{\n  \"text\": nothing\n}\n{\n  \"text\": \"e\"\n}\n", out BadRows bad);
        Assert.Equal(["a", "c", "e"], rows.Select(row => row.Fields.GetProperty("text").GetString()));
        Assert.Equal([4L, 9L], bad.Rows.Select(row => row.Line));
        Assert.Contains("not JSON on line 10", bad.Rows[1].Reason);
    }

    [Fact]
    public void A_broken_first_line_does_not_change_how_the_others_are_read()
    {
        DataRow[] rows = Read($"{{\"text\": [\n{A}\n{B}\n", out BadRows bad);
        Assert.Equal((2, 1), (rows.Length, Assert.Single(bad.Rows).Line));
    }

    [Fact]
    public void A_large_list_inside_an_object_is_read_a_row_at_a_time()
    {
        string path = Path.Combine(folder.Path, "large.json");
        using (StreamWriter file = File.CreateText(path))
        {
            file.Write("{\"about\": \"x\", \"data\": [");
            for (int i = 0; i < 40_000; i++)
            {
                file.Write((i > 0 ? ", " : "") + "{\"text\": \"" + new string('x', 500) + i + "\"}");
            }

            file.Write("]}");
        }

        long start = GC.GetTotalMemory(forceFullCollection: true), most = 0;
        int count = 0;
        foreach (var _ in RowFormats.Read(path, ReadOptions.Default, new BadRows()))
        {
            most = ++count % 10_000 == 1 ? Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - start) : most;
        }

        Assert.Equal(40_000, count);
        Assert.InRange(most, long.MinValue, 8 << 20);
    }

    [Fact]
    public void Utf_16_is_one_error()
    {
        string path = folder.Write("a.jsonl", [0xFF, 0xFE, .. System.Text.Encoding.Unicode.GetBytes(A + "\n" + B)]);
        AttuneException error = Assert.Throws<AttuneException>(() => RowFormats.Read(path, ReadOptions.Default, new BadRows()).Count());
        Assert.Equal(("the file is UTF-16", "save it as UTF-8"), (error.Problem, error.Cure));
    }

    [Fact]
    public void Where_most_rows_are_bad_five_and_a_count_are_shown_and_nothing_is_skipped()
    {
        string path = folder.Write("a.jsonl", string.Concat(Enumerable.Range(0, 5_000).Select(i => $"no json {i}\n")));
        string message = Assert.Throws<BadDataException>(() => ExampleSet.Load(new() { Train = [path] })).Message;
        Assert.Equal(7, message.Split('\n').Length);
        Assert.Contains("all 1,000 rows read so far are bad", message);
        Assert.Contains("… and 995 more", message);
        Assert.DoesNotContain("skip", message);

        path = folder.Write("b.csv", "text,label\n" + string.Concat(Enumerable.Range(0, 30).Select(i => i % 10 == 0 ? "a,b\n" : "a,b,c\n")));
        message = Assert.Throws<BadDataException>(() => ExampleSet.Load(new() { Train = [path], Form = "labelled" })).Message;
        Assert.Contains("27 of 30 rows are bad (0 allowed); are the header line and the separator right?", message);
        Assert.DoesNotContain("skip", message);
    }

    [Fact]
    public void Where_few_rows_are_bad_all_are_shown_and_may_be_skipped()
    {
        string path = folder.Write("a.jsonl", string.Concat(Enumerable.Range(0, 40).Select(i => i % 4 == 0 ? $"no json {i}\n" : C + "\n")));
        string message = Assert.Throws<BadDataException>(() => ExampleSet.Load(new() { Train = [path] })).Message;
        Assert.Contains("10 bad rows (0 allowed)", message);
        Assert.Contains("--skip-bad 10", message);
        Assert.Equal(11, message.Split('\n').Length);
    }

    [Theory]
    [InlineData("array.json")]
    [InlineData("array.jsonl")]
    [InlineData("glued.jsonl")]
    [InlineData("one-line-array.jsonl")]
    [InlineData("pretty.jsonl")]
    [InlineData("wrapped.json")]
    public void Every_layout_of_the_same_rows_gives_them(string name)
    {
        ExampleSet set = ExampleSet.Load(new() { Train = [TestPaths.SharedOrSkip("cases/04-json-that-is-not-lines/" + name)] });
        ExampleSet same = ExampleSet.Load(new() { Train = [TestPaths.SharedOrSkip("cases/04-json-that-is-not-lines/array.json")] });
        Assert.NotEmpty(set.Train);
        Assert.Equal(same.Train.Select(row => row.ContentHash()), set.Train.Select(row => row.ContentHash()));
    }

    private static string Pretty(string json, string indent = "  ") =>
        json == A ? $"{{\n{indent}\"text\": \"a [1] {{\",\n{indent}\"n\":\n{indent}[1, {{\"x\": 2}}]\n\n}}"
        : json == B ? $"{{\n{indent}\"text\": \"b\\\"}}\\\\\",\n{indent}\"n\": []}}" : $"{{\n{indent}\"text\": \"c\"\n}}";

    private DataRow[] Read(string json, out BadRows bad, string extension = ".json")
    {
        bad = new BadRows(int.MaxValue);
        return [.. RowFormats.Read(folder.Write("a" + extension, json), ReadOptions.Default, bad)];
    }
}
