namespace Attune.Data;

/// <summary>The Nth row as a person counts them.</summary>
public sealed class RowFinderTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Bad_and_empty_rows_count_and_blank_lines_do_not()
    {
        string path = folder.Write("a.jsonl", "{\"text\": \"one\"}\nno json\n\n{\"text\": \"\"}\n{\"text\": \"four\"}\n{\"text\": 5}\n");
        string[] reasons = ["", "not JSON at column 2", "a text that the row needs is empty", "", "\"text\" must be text"];
        for (int i = 0; i < reasons.Length; i++)
        {
            Assert.StartsWith(reasons[i], Find(i + 1, path).Reason);
            Assert.Equal(reasons[i].Length == 0, Find(i + 1, path).Example is not null);
        }

        Assert.Equal([1L, 2L, 4L, 5L, 6L], Enumerable.Range(1, 5).Select(number => Find(number, path).Place.Number));
        Assert.Equal([false, true, false, false, true], Enumerable.Range(1, 5).Select(number => Find(number, path).IsBad));
        AttuneException error = Assert.Throws<AttuneException>(() => Find(6, path));
        Assert.Contains("there is no row 6: the files have 5 rows, 2 of them bad", error.Problem);
        Assert.Contains(path + ":2: not JSON", error.Cure);
        Assert.Contains($"{path}:2: row 2 is bad: not JSON", Find(2, path).Refusal(2).Message);
    }

    [Fact]
    public void A_header_is_no_row_and_files_are_counted_through()
    {
        string first = folder.Write("a.csv", "text\none\n\"two\n2\"\n"), second = folder.Write("b.csv", "text\nthree\n"),
            bad = folder.Write("c.jsonl", "{\n{\"text\": \"five\"}\n");
        Assert.Equal(["one", "two\n2", "three", null, "five"],
            Enumerable.Range(1, 5).Select(number => (Find(number, first, second, bad).Example as PlainText)?.Text));
        Assert.Equal((bad, 1L), (Find(4, first, second, bad).Place.File, Find(4, first, second, bad).Place.Number));
    }

    [Fact]
    public void Rows_whose_form_is_not_known_at_first_keep_their_numbers()
    {
        string path = folder.Write("a.jsonl", "{\"x\": 1}\n{\"x\": 2}\nbad\n{\"text\": \"four\"}\n");
        Assert.Equal([1L, 2L, 3L, 4L], Enumerable.Range(1, 4).Select(number => Find(number, path).Place.Number));
    }

    [Fact]
    public void A_row_far_behind_is_found()
    {
        string path = folder.Write("a.jsonl", string.Concat(Enumerable.Range(1, 9_000).Select(i => i % 7 == 0 ? "bad\n"
            : $"{{\"text\": \"row {i}\"}}\n")));
        Assert.Equal("row 8999", (Find(8_999, path).Example as PlainText)?.Text);
        Assert.Equal((7L, true), (Find(7, path).Place.Number, Find(7, path).IsBad));
    }

    [Fact]
    public void A_row_that_belongs_to_no_split_says_so()
    {
        string path = folder.Write("a.csv", "text,part\na,train\nb,other\n");
        FoundRow row = RowFinder.Find(new ExampleSource { Train = [path], Split = new SplitRule { Column = "part" } }, 2, new Notices());
        Assert.Contains("the value other of data.split.column names no split", row.Refusal(2).Message);
    }

    private static FoundRow Find(long number, params string[] paths) => RowFinder.Find(new ExampleSource { Train = paths }, number, new Notices());
}
