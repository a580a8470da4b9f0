namespace Attune.Data;

/// <summary>Which files of a folder are read, for which split, and what is said of the others.</summary>
public sealed class DataFoldersTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("train.jsonl", Split.Train)]
    [InlineData("train-00000-of-00002.jsonl", Split.Train)]
    [InlineData("train-00000-of-00001-a09b74b3ef9c3b56.jsonl", Split.Train)]
    [InlineData("test_sft-00000-of-00001.jsonl", Split.Test)]
    [InlineData("train_sft.jsonl", Split.Train)]
    [InlineData("household-test.jsonl", Split.Test)]
    [InlineData("my dev set.jsonl", Split.Validation)]
    [InlineData("Validation.jsonl", Split.Validation)]
    [InlineData("TEST.jsonl", Split.Test)]
    [InlineData("validation/part-0.jsonl", Split.Validation)]
    [InlineData("data/valid-1.jsonl", Split.Validation)]
    [InlineData("coach.val.jsonl", Split.Validation)]
    [InlineData("eval_2.jsonl", Split.Test)]
    [InlineData("testing/en/a.jsonl", Split.Test)]
    [InlineData("trainSet.jsonl", Split.Train)]
    [InlineData("latest.jsonl", null)]
    [InlineData("contest.jsonl", null)]
    [InlineData("protest/a.jsonl", null)]
    [InlineData("constrain.jsonl", null)]
    [InlineData("developer.jsonl", null)]
    [InlineData("values.jsonl", null)]
    [InlineData("medieval.jsonl", null)]
    [InlineData("strains-2.jsonl", null)]
    public void A_name_says_a_split_by_whole_words(string path, object? split)
    {
        Assert.Equal((Split?)split, SplitNames.Of(path, out bool contradicts));
        Assert.False(contradicts);
    }

    [Theory]
    [InlineData("train_test.jsonl", null)]
    [InlineData("test/train.jsonl", Split.Test)]
    [InlineData("test_dev.jsonl", Split.Test)]
    public void Names_that_contradict_are_known(string path, object? split)
    {
        Assert.Equal((Split?)split, SplitNames.Of(path, out bool contradicts));
        Assert.True(contradicts);
    }

    [Fact]
    public void Shards_of_a_hub_folder_fall_to_their_splits()
    {
        Write("data/train-00000-of-00002.jsonl", 3);
        Write("data/train-00001-of-00002.jsonl", 2);
        Write("data/validation-00000-of-00001.jsonl", 1);
        Write("data/test-00000-of-00001.jsonl", 4);
        Assert.Equal((5, 1, 4), Read(out Notices notices));
        Assert.Empty(notices.All);
    }

    [Fact]
    public void The_files_of_each_split_are_counted()
    {
        Write("train-0.jsonl", 3);
        Write("test.jsonl", 2);
        File.AppendAllText(Path.Combine(folder.Path, "train-0.jsonl"), "{\"text\": \"\"}\nnot json\n");
        var reader = new ExampleReader(new ExampleSource { Train = [folder.Path] });
        Assert.Equal(5, reader.Read(new BadRows(1)).Count());
        Assert.Equal([("test.jsonl", 0L, 2L, 0L, 0L), ("train-0.jsonl", 3L, 0L, 1L, 1L)],
            reader.Counts.Files.Select(file => (Path.GetFileName(file.File), file.Train, file.Test, file.Bad, file.Left)).Order());
    }

    [Fact]
    public void A_pattern_and_folders_within_folders_say_splits_too()
    {
        Write("a-train.jsonl", 3);
        Write("a-test.jsonl", 2);
        Assert.Equal((3, 0, 2), Read(out _, "*.jsonl"));
        Assert.Equal((2, 0, 0), Read(out _, "*-test.jsonl"));
        Write("validation/x.jsonl", 4);
        Assert.Equal((3, 4, 2), Read(out _, "**/*.jsonl"));
        Assert.Equal((3, 0, 2), Read(out _, "*.jsonl"));
        Assert.Equal((4, 0, 0), Read(out _, "valid*/*.jsonl"));
    }

    [Fact]
    public void What_is_no_row_is_left_out_and_told()
    {
        Write("train.jsonl", 3);
        foreach (string name in new[] { "README.md", "LICENSE.txt", "LICENSE", "requirements.txt", "requirements-dev.txt", "CHANGELOG.md",
            "notes.txt", "dataset_info.json", "state.json", ".gitattributes", "x.pdf" })
        {
            folder.Write(name, "{\"text\": \"no row\"}\n");
        }

        Directory.CreateDirectory(Path.Combine(folder.Path, ".cache"));
        folder.Write(".cache/more.jsonl", "{\"text\": \"no row\"}\n");
        Assert.Equal((3, 0, 0), Read(out Notices notices));
        Notice beside = Assert.Single(notices.All, notice => notice.Code == "files-beside-data");
        Assert.Equal(9, beside.Count);
        Assert.Contains("README.md", Read(out notices) == (3, 0, 0) ? string.Join(' ', notices.All.Select(notice => notice.Text)) : "");
        Assert.Equal(1, Assert.Single(notices.All, notice => notice.Code == "files-not-read").Count);
    }

    [Fact]
    public void A_folder_of_texts_is_read_without_its_papers()
    {
        folder.Write("one.txt", "Once upon a time.");
        folder.Write("history.md", "A history.");
        folder.Write("README.md", "About.");
        Assert.Equal((2, 0, 0), Read(out _));
        Assert.Equal((2, 0, 0), Read(out _, "*.md"));
    }

    [Fact]
    public void An_arrow_folder_is_one_line_that_says_what_to_do()
    {
        folder.Write("state.json", "{}");
        folder.Write("dataset_info.json", "{}");
        folder.Write("README.md", "About.");
        folder.Write("data-00000-of-00001.arrow", "ARROW1");
        AttuneException error = Assert.Throws<AttuneException>(() => Read(out _));
        Assert.DoesNotContain('\n', error.Message);
        Assert.Contains("save_to_disk", error.Problem);
        Assert.Contains("load_from_disk('" + folder.Path + "').to_json(", error.Cure);
        error = Assert.Throws<AttuneException>(() => Read(out _, "data-00000-of-00001.arrow"));
        Assert.Contains("load_from_disk", error.Cure);
        File.Delete(Path.Combine(folder.Path, "state.json"));
        folder.Write("dataset_dict.json", "{}");
        Assert.Contains(".items()", Assert.Throws<AttuneException>(() => Read(out _)).Cure);
    }

    [Theory]
    [InlineData("a.feather", "read_feather")]
    [InlineData("a.xlsx", "save it as CSV")]
    [InlineData("a.zip", "unpack it")]
    [InlineData("a.jsonl.gz", "gunzip")]
    [InlineData("a.pkl", "pickle")]
    [InlineData("a.db", "sqlite3")]
    [InlineData("a.xml", "JSONL or CSV")]
    [InlineData("a.whatever", "data files end in .jsonl")]
    public void A_file_that_is_not_read_says_what_to_do(string name, string words)
    {
        folder.Write(name, "x");
        AttuneException error = Assert.Throws<AttuneException>(() => Read(out _, name));
        Assert.Contains(words, error.Cure);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Shares_give_way_to_files_and_that_is_told()
    {
        Write("train.jsonl", 300);
        Write("test.jsonl", 2);
        var rule = new SplitRule { Validation = 0.2, Test = 0.2 };
        var (train, validation, test) = Read(out Notices notices, "", rule);
        Assert.Equal((300, 2), (train + validation, test));
        Assert.InRange(validation, 30, 90);
        Assert.Contains("the share for test", Assert.Single(notices.All, notice => notice.Code == "share-not-used").Text);
    }

    [Fact]
    public void A_column_decides_against_names_and_that_is_told()
    {
        folder.Write("test.jsonl", "{\"text\": \"a\", \"part\": \"train\"}\n");
        Assert.Equal((1, 0, 0), Read(out Notices notices, "", new SplitRule { Column = "part" }));
        Assert.Contains(notices.All, notice => notice.Code == "split-names-not-used");
    }

    [Fact]
    public void Two_sets_of_a_split_and_names_that_contradict_are_told()
    {
        Write("train_sft.jsonl", 1);
        Write("train_gen.jsonl", 1);
        Write("train_test.jsonl", 1);
        Write("test.jsonl", 1);
        Write("more.jsonl", 1);
        Assert.Equal((4, 0, 1), Read(out Notices notices));
        Assert.Equal(["files-without-split", "several-train-sets", "split-names-contradict"], notices.All.Select(notice => notice.Code).Order());
    }

    [Fact]
    public void A_file_named_by_itself_is_not_also_taken_from_a_folder()
    {
        Write("a.jsonl", 3);
        Write("b.jsonl", 2);
        Write("val.jsonl", 1);
        ExampleSource source = new() { Train = [folder.Path], Validation = [Path.Combine(folder.Path, "b.jsonl")] };
        ExampleSet set = ExampleSet.Load(source);
        Assert.Equal((3, 2), (set.Train.Count, set.Validation.Count));
        var bad = new BadRows();
        _ = new ExampleReader(source).Read(bad).Count();
        Assert.Contains("val.jsonl", Assert.Single(bad.Notices.All, notice => notice.Code == "split-files-left-out").Text);
        set = ExampleSet.Load(new() { Train = [folder.Path], Validation = [folder.Path] });
        Assert.Equal((5, 1), (set.Train.Count, set.Validation.Count));
    }

    [Fact]
    public void A_folder_of_held_out_files_alone_is_refused()
    {
        Write("test.jsonl", 3);
        Assert.Contains("name the file itself", Assert.Throws<AttuneException>(() => Read(out _)).Cure);
        Assert.Equal((3, 0, 0), Read(out _, "test.jsonl"));
    }

    [Fact]
    public void A_link_to_the_folder_above_is_not_walked_without_end()
    {
        Write("a/train.jsonl", 2);
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "a", "again"), folder.Path);
        Assert.Equal((2, 0, 0), Read(out _));
    }

    [Theory]
    [InlineData("01-hub-shard-names/data")]
    [InlineData("01-hub-shard-names/data2")]
    [InlineData("02-readme-in-the-data-folder/data")]
    public void Rows_held_out_by_their_names_are_not_trained_on(string path)
    {
        string data = TestPaths.SharedOrSkip("cases/" + path);
        long Rows(string word) => Directory.EnumerateFiles(data, $"*{word}*.jsonl").Sum(file => File.ReadLines(file).LongCount());
        ExampleSet set = ExampleSet.Load(new() { Train = [data] });
        Assert.Equal((Rows("train"), Rows("validation"), Rows("test")), (set.Train.Count, set.Validation.Count, set.Test.Count));
    }

    private void Write(string path, int rows)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder.Path, path))!);
        folder.Write(path, string.Concat(Enumerable.Range(0, rows).Select(i => $"{{\"text\": \"{path} {i}\"}}\n")));
    }

    private (int Train, int Validation, int Test) Read(out Notices notices, string path = "", SplitRule? rule = null)
    {
        var bad = new BadRows();
        var rows = new ExampleReader(new ExampleSource { Train = [Path.Combine(folder.Path, path)], Split = rule
            ?? new SplitRule() }).Read(bad).ToList();
        notices = bad.Notices;
        return (rows.Count(row => row.Split == Split.Train), rows.Count(row => row.Split == Split.Validation),
            rows.Count(row => row.Split == Split.Test));
    }
}
