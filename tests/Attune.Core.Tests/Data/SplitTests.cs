namespace Attune.Data;

public sealed class SplitTests
{
    [Fact]
    public void Rows_stay_where_they_are_when_others_come()
    {
        var options = new SplitRule { Validation = 0.1, Test = 0.1 };
        Dictionary<string, Split> few = Divide(Texts(1_000), options), many = Divide(Texts(3_000).Reverse(), options);
        Assert.All(few, row => Assert.Equal(row.Value, many[row.Key]));
        Assert.InRange(few.Values.Count(split => split == Split.Validation), 70, 130);
        Assert.InRange(few.Values.Count(split => split == Split.Test), 70, 130);
        Assert.NotEqual(few, Divide(Texts(1_000), options with { Seed = 1 }));
    }

    [Fact]
    public void Another_share_for_validation_leaves_the_test_alone()
    {
        static IEnumerable<string> Tests(SplitRule options) => Divide(Texts(1_000), options).Where(row => row.Value == Split.Test).Select(row => row.Key);
        Assert.Equal(Tests(new SplitRule { Validation = 0.1, Test = 0.1 }), Tests(new SplitRule { Validation = 0.3, Test = 0.1 }));
    }

    [Fact]
    public void Equal_rows_are_on_one_side_and_counted()
    {
        using var folder = new TempFolder();
        string path = folder.Write("a.jsonl", Json(Texts(500).Concat(Texts(500))));
        ExampleSet set = ExampleSet.Load(new ExampleSource { Train = [path], Split = new SplitRule { Validation = 0.5 } });
        Assert.Empty(set.Train.Cast<PlainText>().Select(row => row.Text).Intersect(set.Validation.Cast<PlainText>().Select(row => row.Text)));
        Assert.Equal((500, 0), (set.Counts.Duplicates, set.Counts.Straddling));
    }

    [Fact]
    public void A_group_is_on_one_side()
    {
        using var folder = new TempFolder();
        string path = folder.Write("a.jsonl", string.Concat(Enumerable.Range(0, 1_000).Select(i => $"{{\"text\": \"row {i}\", \"user\": {i % 100}}}\n")));
        ExampleSet set = ExampleSet.Load(new ExampleSource { Train = [path], Split = new SplitRule { Validation = 0.2, Test = 0.2, GroupBy = "user" } });
        Assert.Equal(1_000, set.Train.Count + set.Validation.Count + set.Test.Count);
        HashSet<string>[] groups = [.. new[] { set.Train, set.Validation, set.Test }.Select(rows => rows.Select(row => row.Group!).ToHashSet())];
        Assert.Equal(100, groups.Sum(group => group.Count));
        Assert.All(groups, group => Assert.InRange(group.Count, 8, 75));
    }

    [Fact]
    public void A_column_decides_and_unknown_values_are_counted()
    {
        using var folder = new TempFolder();
        string path = folder.Write("a.csv", "text,part\na,train\nb,val\nc,test\nd,extra\na,val\n");
        var options = new ExampleSource { Train = [path], Split = new SplitRule { Column = "part" } };
        ExampleSet set = ExampleSet.Load(options);
        Assert.Equal((1, 2, 1, 1, 1), (set.Train.Count, set.Validation.Count, set.Test.Count, set.Counts.Unsplit, set.Counts.Straddling));
        Assert.Equal(2, ExampleSet.Load(options with { Split = options.Split with { TrainValues = ["train", "extra"] } }).Train.Count);
        Assert.Contains("there is no column \"prat\" (did you mean \"part\"?)",
            Assert.Throws<AttuneException>(() => ExampleSet.Load(options with { Split = new SplitRule { Column = "prat" } })).Message);
    }

    [Fact]
    public void Files_may_be_given_for_each_part_with_a_most()
    {
        using var folder = new TempFolder();
        var options = new ExampleSource
        {
            Train = [folder.Write("a.jsonl", Json(Texts(10))), folder.Write("b.jsonl", Json(Texts(20).Skip(10)))],
            Validation = [folder.Write("v.jsonl", Json(Texts(30).Skip(20)))],
            Split = new SplitRule { TrainMost = 15, ValidationMost = 3 },
        };
        ExampleSet set = ExampleSet.Load(options);
        Assert.Equal((15, 3, 0, 12), (set.Train.Count, set.Validation.Count, set.Test.Count, set.Counts.BeyondMost));
        Assert.True(set.Train.Max(row => row.Place.File)!.EndsWith("b.jsonl", StringComparison.Ordinal), "of both files");
        Assert.Contains("validation has files and a share",
            Assert.Throws<AttuneException>(() => ExampleSet.Load(options with { Split = new SplitRule { Validation = 0.1 } })).Message);
        Assert.Contains("named twice", Assert.Throws<AttuneException>(() => ExampleSet.Load(options with { Validation = options.Train })).Message);
    }

    [Fact]
    public void A_folder_whose_files_are_called_so_says_the_parts()
    {
        using var folder = new TempFolder();
        folder.Write("train.jsonl", Json(Texts(5)));
        folder.Write("valid.jsonl", Json(Texts(8).Skip(5)));
        folder.Write("notes.pdf", "no data");
        ExampleSet set = ExampleSet.Load(new ExampleSource { Train = [folder.Path] });
        Assert.Equal((5, 3), (set.Train.Count, set.Validation.Count));
        set = ExampleSet.Load(new ExampleSource { Train = [Path.Combine(folder.Path, "*.jsonl")] });
        Assert.Equal((5, 3), (set.Train.Count, set.Validation.Count));
    }

    [Fact]
    public void A_part_that_got_no_row_is_an_error()
    {
        using var folder = new TempFolder();
        string path = folder.Write("a.jsonl", Json(Texts(1)));
        Assert.Single(ExampleSet.Load(new ExampleSource { Train = [path] }).Train);
        AttuneException error = Assert.Throws<AttuneException>(() => ExampleSet.Load(new ExampleSource { Train = [path], Split = new SplitRule { Validation = 0.1 } }));
        Assert.Equal(ExitCode.BadData, error.ExitCode);
    }

    [Theory]
    [InlineData(-0.1, 0)]
    [InlineData(0.5, 0.5)]
    [InlineData(double.NaN, 0)]
    public void Shares_must_make_sense(double validation, double test) =>
        Assert.Equal(ExitCode.Usage, Assert.Throws<AttuneException>(() => new ExampleReader(new ExampleSource { Train = ["x"], Split = new SplitRule { Validation = validation, Test = test } })).ExitCode);

    private static IEnumerable<string> Texts(int count) => Enumerable.Range(0, count).Select(i => $"text {i}");

    private static string Json(IEnumerable<string> texts) => string.Concat(texts.Select(text => $"{{\"text\": \"{text}\"}}\n"));

    private static Dictionary<string, Split> Divide(IEnumerable<string> texts, SplitRule options)
    {
        using var folder = new TempFolder();
        ExampleSet set = ExampleSet.Load(new ExampleSource { Train = [folder.Write("a.jsonl", Json(texts))], Split = options });
        return new[] { Split.Train, Split.Validation, Split.Test }.SelectMany(split => set[split].Select(row => (((PlainText)row).Text, split))).ToDictionary(row => row.Text, row => row.split);
    }
}
