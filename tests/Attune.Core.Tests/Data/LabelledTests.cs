using Attune.Text;

namespace Attune.Data;

/// <summary>Texts with labels: their columns, what is wrong with them, and the rows that they become.</summary>
public sealed class LabelledTests
{
    private const string Words = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\nc\nd\n[\n]\nsep\n";

    [Theory]
    [InlineData("""{"text": "a b", "label": "good"}""", "a b||good")]
    [InlineData("""{"text": "a b", "label": " good "}""", "a b||good")]
    [InlineData("""{"text": "a b", "text_pair": "c", "label": 2}""", "a b|c|2")]
    [InlineData("""{"text": "a b", "text_pair": null, "label": 2.0}""", "a b||2")]
    [InlineData("""{"text": "a b", "label": true}""", "a b||true")]
    public void Labels_are_words_or_numbers(string json, string expected)
    {
        var example = Load(json);
        Assert.Equal(expected, $"{example.Text}|{example.TextPair}|{example.Label}");
    }

    [Theory]
    [InlineData("1", "1")]
    [InlineData("1.0", "1")]
    [InlineData("1.", "1")]
    [InlineData("-0.0", "0")]
    [InlineData("2.50", "2.5")]
    [InlineData("007", "007")]
    [InlineData("+1", "+1")]
    [InlineData("1e3", "1e3")]
    [InlineData("True", "true")]
    [InlineData("FALSE", "false")]
    [InlineData("No", "No")]
    [InlineData("v1.0", "v1.0")]
    [InlineData(" good ", "good")]
    public void A_cell_names_the_same_label_in_every_form_of_rows(string cell, string label)
    {
        using var folder = new TempFolder();
        string csv = folder.Write("a.csv", $"text,label\nfine film,{cell}\n"), tsv = folder.Write("a.tsv", $"text\tlabel\nfine film\t{cell}\n");
        string json = folder.Write("a.jsonl", $$"""{"text": "fine film", "label": "{{cell}}"}"""), lines = folder.Write("a.txt", $"{cell.Trim()} fine film\n");
        MappedColumn[] map = [new("text", "{text}"), new("label", "{label}")];
        ExampleSource[] sources =
        [
            new() { Train = [csv], Form = "labelled" }, new() { Train = [tsv], Form = "labelled" }, new() { Train = [json], Form = "labelled" }, new() { Train = [csv], Map = map },
            new() { Train = [csv], Map = map, Trim = false }, new() { Train = [json], Form = "labelled", Labels = [cell] },
            new() { Train = [lines], Form = "label-first", Read = new ReadOptions { TextUnit = TextUnit.Line } },
        ];
        Assert.All(sources, source => Assert.Equal(label, ((LabelledText)ExampleSet.Load(source).Train[0]).Label));
    }

    [Theory]
    [InlineData("1.0", "1")]
    [InlineData("1e3", "1000")]
    [InlineData("2.50", "2.5")]
    [InlineData("1e-3", "0.001")]
    [InlineData("true", "true")]
    [InlineData("12345678901234567890.0", "12345678901234567890")]
    [InlineData("1e-300", "1e-300")]
    public void A_number_or_truth_value_is_the_same_label_with_a_map_and_without(string value, string label)
    {
        using var folder = new TempFolder();
        string path = folder.Write("a.jsonl", $$"""{"text": "fine film", "label": {{value}}}""");
        Assert.Equal(label, ((LabelledText)ExampleSet.Load(new ExampleSource { Train = [path], Form = "labelled" }).Train[0]).Label);
        Assert.Equal(label, ((LabelledText)ExampleSet.Load(new ExampleSource { Train = [path], Map = [new("text", "{text}"), new("label", "{label}")] }).Train[0]).Label);
    }

    [Fact]
    public void Labels_that_look_alike_stay_two_and_are_told_with_their_rows()
    {
        using var folder = new TempFolder();
        string[] labels = ["good", "good", "Good", "caf\u00e9", "cafe\u0301", "ba\u200bd", "bad", "very  well", "very well", "\uFF11", "1", "other"];
        string path = folder.Write("a.jsonl", string.Concat(labels.Select(label => $$"""{"text": "a b", "label": "{{label}}"}""" + "\n")));
        var notices = new Notices();
        var read = EncodedSplits.Read(new ExampleSource { Train = [path], Form = "labelled" }, Encoder(6), notices, TestContext.Current.CancellationToken).Train;
        Assert.Equal(11, read.Rows.Select(row => row.Label).Distinct().Count());
        var notice = Assert.Single(notices.All, notice => notice.Code == "labels-alike");
        Assert.Equal(5, notice.Count);
        foreach (string said in new[] { "\"good\" (2 rows) and \"Good\" (1 row)", "\"cafe\\u0301\"", "\"ba\\u200bd\"", "\"very  well\"" })
        {
            Assert.Contains(said, notice.Text, StringComparison.Ordinal);
        }

        Assert.EndsWith("a.jsonl:3", notice.First, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_columns_are_mapped_and_a_line_may_begin_with_its_label()
    {
        using var folder = new TempFolder();
        string csv = folder.Write("a.csv", "review,stars,reply\nfine film,5,thanks\n");
        MappedColumn[] map = [new("text", "{review}"), new("text_pair", "{reply}"), new("label", "{stars}")];
        Assert.Equal(new LabelledText("fine film", "5") { TextPair = "thanks" }, Plain(ExampleSet.Load(new ExampleSource { Train = [csv], Map = map }).Train[0]));
        string lines = folder.Write("a.txt", "1 fine film\n0\tawful \n");
        var read = ExampleSet.Load(new ExampleSource { Train = [lines], Form = "label-first", Read = new ReadOptions { TextUnit = TextUnit.Line } }).Train;
        Assert.Equal([new LabelledText("fine film", "1"), new LabelledText("awful", "0")], read.Select(Plain));
    }

    [Theory]
    [InlineData("""{"text": "a", "label": ""}""", "\"label\" is empty")]
    [InlineData("""{"text": "a", "label": "\u200b"}""", "\"label\" is empty")]
    [InlineData("""{"text": "a", "label": null}""", "\"label\" is missing")]
    [InlineData("""{"text": "a", "label": ["x", "y"]}""", "several labels a row are not there yet")]
    [InlineData("""{"text": 3, "label": "x"}""", "\"text\" must be text, not a number")]
    [InlineData("""{"text": "a", "label": "goood"}""", "the label goood is none of data.labels (good, bad) (did you mean \"good\"?)")]
    public void A_bad_row_is_named_with_its_line(string json, string says)
    {
        var error = Assert.Throws<BadDataException>(() => Load("""{"text": "a", "label": "good"}""" + "\n" + json, "good", "bad"));
        Assert.Contains("a.jsonl:2: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_the_columns_is_refused_at_its_first_row()
    {
        var error = Assert.Throws<AttuneException>(() => Load("""{"text": "a", "Label": "x"}"""));
        Assert.Equal(ExitCode.Usage, error.ExitCode);
        Assert.Contains("there is no column \"label\" (did you mean \"Label\"?)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_map_of_text_and_label_is_told_from_a_conversations()
    {
        var error = Assert.Throws<AttuneException>(() => ExampleSet.Load(new ExampleSource { Train = ["x"], Map = [new("user", "{a}"), new("label", "{b}")] }));
        Assert.Contains("user, label make no example", error.Message, StringComparison.Ordinal);
        Assert.Contains("or text and label", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_are_what_an_encoder_reads_and_special_tokens_in_them_are_text()
    {
        var encoder = Encoder(32);
        var row = encoder.Encode(new LabelledText("a b", "x"))[0];
        Assert.Equal(("[CLS] a b [SEP]", "x", 1), (Show(row), row.Label, row.Predictions));
        Assert.Null(row.TypeIds);
        var pair = encoder.Encode(new LabelledText("a [SEP] b", "x") { TextPair = "c [SEP]" })[0];
        Assert.Equal("[CLS] a [ sep ] b [SEP] c [ sep ] [SEP]", Show(pair));
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1], pair.TypeIds!);
    }

    [Fact]
    public void A_row_that_is_too_long_is_cut_between_its_first_and_last_token_and_counted()
    {
        using var folder = new TempFolder();
        string path = folder.Write("a.jsonl", """{"text": "a b c d a b", "label": 1}""" + "\n" + """{"text": "a b c d", "text_pair": "c", "label": 2}""" + "\n");
        var read = EncodedSplits.Read(new ExampleSource { Train = [path], Form = "labelled" }, Encoder(6), cancellation: TestContext.Current.CancellationToken).Train;
        Assert.Equal(["[CLS] a b c d [SEP]", "[CLS] a b [SEP] c [SEP]"], read.Rows.Select(Show));
        Assert.Equal((2, 2, 4), (read.Counts.Truncated, read.Counts.TrainedTokens, read.Counts.TokensCut));
    }

    [Fact]
    public void The_hash_knows_the_labels()
    {
        static string Hash(string label)
        {
            using var folder = new TempFolder();
            string path = folder.Write("a.jsonl", $$"""{"text": "a b", "label": "{{label}}"}""");
            return EncodedSplits.Read(new ExampleSource { Train = [path], Form = "labelled" }, Encoder(6), cancellation: TestContext.Current.CancellationToken).Train.Hash;
        }

        Assert.NotEqual(Hash("x"), Hash("y"));
        Assert.Equal(Hash("x"), Hash("x"));
    }

    [Fact]
    public void Rows_with_labels_and_rows_without_are_not_mixed_up()
    {
        Assert.Contains("take `task: text-classification`", Assert.Throws<AttuneException>(() => new RowEncoder(Tokenizer(), null, new EncodeOptions()).Encode(new LabelledText("a", "x"))).Message);
        Assert.Contains("the rows have no labels", Assert.Throws<AttuneException>(() => Encoder(6).Encode(new PlainText("a"))).Message);
    }

    private static LabelledText Plain(Example example) => (LabelledText)(example with { Place = default });

    private static LabelledText Load(string json, params string[] labels)
    {
        using var folder = new TempFolder();
        return (LabelledText)ExampleSet.Load(new ExampleSource { Train = [folder.Write("a.jsonl", json)], Form = "labelled", Labels = labels }).Train[0];
    }

    private static RowEncoder Encoder(int maxTokens) => new(Tokenizer(), null, new EncodeOptions { MaxTokens = maxTokens, IsLabelled = true });

    private static Tokenizer Tokenizer()
    {
        using var folder = new TempFolder();
        folder.Write("vocab.txt", Words);
        return Text.Tokenizer.FromFolder(folder.Path);
    }

    private static string Show(TokenRow row) => string.Join(' ', row.Ids.Select(Tokenizer().TokenOf));
}
