namespace Attune.Data;

/// <summary>What a user hears of rows that are used otherwise than they may think.</summary>
public sealed class NoticesTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_code_that_occurs_again_counts_up_and_keeps_its_first_example()
    {
        var notices = new Notices();
        notices.Add("a", n => Words.Count(n, "row"), "x:1", "mend it");
        notices.Add("b", "once");
        notices.Add("a", n => Words.Count(n, "row"), "x:2", count: 3);
        notices.Add("c", _ => "never", count: 0);
        Assert.Equal([new Notice("a", 4, "4 rows", "x:1", "mend it"), new Notice("b", 1, "once")], notices.All);
        Assert.Equal("4 rows (first: x:1); mend it", notices.All[0].ToString());
        var more = new Notices();
        more.Add("b", "once");
        more.Add(notices);
        Assert.Equal(["b 2", "a 4"], more.All.Select(notice => $"{notice.Code} {notice.Count}"));
    }

    [Fact]
    public void Equal_rows_on_both_sides_are_told_with_the_first_place()
    {
        var notices = Read(new ExampleSource { Train = [Write("train", "one", "two", "three", "two")], Test = [Write("test", "four", "two", "three")] });
        Notice both = Assert.Single(notices, notice => notice.Code == "rows-on-both-sides");
        Assert.Equal(2, both.Count);
        Assert.Contains("test.jsonl:2 (test; the copy is in train)", both.First);
        Assert.Equal(1, Assert.Single(notices, notice => notice.Code == "equal-rows").Count);
    }

    [Fact]
    public void Rows_that_say_nearly_the_same_on_both_sides_are_told()
    {
        const string Long = "the old boat lies on the shore below the lighthouse and nobody knows how it came to lie there";
        var notices = Read(new ExampleSource { Train = [Write("train", "something else altogether", Long + " today.")], Test = [Write("test", "a third one", Long.ToUpperInvariant() + "!")] });
        Notice near = Assert.Single(notices, notice => notice.Code == "near-copies");
        Assert.Equal(1, near.Count);
        Assert.Contains("test.jsonl:2 and ", near.First);
        Assert.Contains("train.jsonl:2", near.First);
        Assert.DoesNotContain(notices, notice => notice.Code == "rows-on-both-sides");
    }

    [Fact]
    public void A_labelled_text_that_stands_under_two_labels_is_nearly_the_same()
    {
        string train = folder.Write("train.csv", "text,label\na lovely story of a boat,good\na cold lamp,bad\n"), test = folder.Write("test.csv", "text,label\na lovely story of a boat,bad\n");
        var reader = new RowEncoder(TinyTokenizer(), null, new EncodeOptions { IsLabelled = true });
        var notices = new Notices();
        EncodedSplits.Read(new ExampleSource { Train = [train], Test = [test], Form = "labelled" }, reader, notices, TestContext.Current.CancellationToken);
        Assert.Equal(1, Assert.Single(notices.All, notice => notice.Code == "near-copies").Count);
    }

    [Fact]
    public void Rows_of_an_unknown_split_are_told_with_the_value()
    {
        string path = folder.Write("a.csv", "text,part\nfirst text,train\nsecond text,val\nthird text,holdout\nfourth text,Train\n");
        Notice unsplit = Assert.Single(Read(new ExampleSource { Train = [path], Split = new SplitRule { Column = "part" } }), notice => notice.Code == "rows-without-split");
        Assert.Equal(2, unsplit.Count);
        Assert.EndsWith("a.csv:4: holdout", unsplit.First);
        Assert.StartsWith("2 rows were left out", unsplit.Text);
    }

    [Fact]
    public void Rows_that_are_on_one_side_are_nothing_to_tell() =>
        Assert.Empty(Read(new ExampleSource { Train = [Write("train", "the one row", "another row")], Test = [Write("test", "a test row")] }));

    private static IReadOnlyList<Notice> Read(ExampleSource source)
    {
        var notices = new Notices();
        EncodedSplits.Read(source, new RowEncoder(TinyTokenizer(), null, new EncodeOptions()), notices, TestContext.Current.CancellationToken);
        return notices.All;
    }

    private static Attune.Text.Tokenizer TinyTokenizer() => Attune.Text.Tokenizer.FromFolder(Path.Combine(TestPaths.Root, "models", "tiny"));

    private string Write(string name, params string[] texts) => folder.Write(name + ".jsonl", string.Concat(texts.Select(text => $"{{\"text\": \"{text}\"}}\n")));
}
