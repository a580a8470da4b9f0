namespace Attune.Data;

/// <summary>A sample of rows: which rows it has is a matter of what they say, not of where they stand.</summary>
public sealed class RowSampleTests
{
    [Fact]
    public void A_sorted_file_gives_the_same_sample_as_a_shuffled_one()
    {
        string[] rows = [.. Enumerable.Range(0, 200).Select(i => Row($"text {i}", i < 150 ? "bad" : "good"))];
        string[] shuffled = [.. rows];
        new Random(3).Shuffle(shuffled);
        var (first, second) = (Load(rows, 40), Load(shuffled, 40));
        Assert.Equal(first.Select(row => row.Text).Order(StringComparer.Ordinal), second.Select(row => row.Text).Order(StringComparer.Ordinal));
        Assert.Equal(30, first.Count(row => row.Label == "bad"));
        Assert.NotEqual(rows.Take(30), first.Where(row => row.Label == "bad").Select(row => Row(row.Text, row.Label)));
    }

    [Fact]
    public void Each_label_has_its_share_and_a_rare_one_a_row()
    {
        var rows = Enumerable.Range(0, 1000).Select(i => Row($"text {i}", i < 700 ? "a" : i < 997 ? "b" : "rare"));
        var counts = Load(rows, 10).CountBy(row => row.Label).ToDictionary();
        Assert.Equal((10, 1), (counts.Values.Sum(), counts["rare"]));
        Assert.Equal((6, 3), (counts["a"], counts["b"]));
    }

    [Fact]
    public void More_labels_than_rows_give_as_many_rows_as_were_asked_for() =>
        Assert.Equal(5, Load(Enumerable.Range(0, 60).Select(i => Row($"text {i}", $"label {i % 30}")), 5).DistinctBy(row => row.Label).Count());

    [Fact]
    public void Another_seed_draws_other_rows_and_the_same_seed_the_same()
    {
        string[] rows = [.. Enumerable.Range(0, 100).Select(i => Row($"text {i}", "a"))];
        Assert.Equal(Load(rows, 20), Load(rows, 20));
        Assert.NotEqual(Load(rows, 20), Load(rows, 20, seed: 1));
    }

    [Fact]
    public void Copies_are_drawn_one_by_one()
    {
        var rows = Enumerable.Range(0, 400).Select(i => Row(i % 2 == 0 ? "the same" : $"text {i}", "a"));
        Assert.InRange(Load(rows, 100).Count(row => row.Text == "the same"), 30, 70);
    }

    [Fact]
    public void What_is_held_does_not_grow_with_the_stream()
    {
        var sample = new RowSample<int>(3, 0);
        int made = 0;
        for (int i = 0; i < 10_000; i++)
        {
            int row = i;
            sample.Offer(null, (UInt128)i, () => (++made > 0, row));
        }

        Assert.Equal((3, 9_997), (sample.Take().Count, sample.LeftOut));
        Assert.InRange(made, 3, 100);
    }

    [Fact]
    public void All_rows_are_taken_where_there_are_no_more_and_the_unusable_do_not_count()
    {
        var sample = new RowSample<int>(5, 0);
        for (int i = 0; i < 8; i++)
        {
            int row = i;
            sample.Offer(i % 3 == 0 ? "x" : "y", (UInt128)i, () => (row % 2 == 1, row));
        }

        Assert.Equal([1, 3, 5, 7], sample.Take());
        Assert.Equal(0, sample.LeftOut);
    }

    private static string Row(string text, string label) => $$"""{"text": "{{text}}", "label": "{{label}}"}""";

    private static List<LabelledText> Load(IEnumerable<string> rows, int most, long seed = 0)
    {
        using var folder = new TempFolder();
        string path = folder.Write("a.jsonl", string.Join('\n', rows));
        var source = new ExampleSource { Train = [path], Form = "labelled", Split = new SplitRule { TrainMost = most, Seed = seed } };
        return [.. ExampleSet.Load(source).Train.Select(row => (LabelledText)(row with { Place = default }))];
    }
}
