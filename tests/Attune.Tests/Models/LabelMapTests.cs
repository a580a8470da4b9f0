using Attune.Data;
using Attune.Formats;
using Attune.Tasks;

namespace Attune.Models;

/// <summary>What labels of rows are to a classifier: names, or numbers, or an error; decided once for all rows.</summary>
public sealed class LabelMapTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public LabelMapTests() => SmallReviews.Write(folder, rows: 6);

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("bad good", "good bad", "good bad", false)]
    [InlineData("bad fair good", "good", "good", false)]
    [InlineData("bad fair good", "2 0 0", "good bad bad", true)]
    [InlineData("LABEL_0 LABEL_1", "1 0", "LABEL_1 LABEL_0", true)]
    [InlineData("LABEL_0 LABEL_1", "LABEL_1", "LABEL_1", false)]
    [InlineData("star-0 star-1", "1", "star-1", true)]
    [InlineData("covid-19 flu", "1 0", "flu covid-19", true)]
    [InlineData("1 2 3", "1 2", "1 2", false)]
    [InlineData("0 1", "1 0", "1 0", false)]
    [InlineData("1.0 2.0", "2 1.0", "2.0 1.0", false)]
    [InlineData("False True", "true false", "True False", false)]
    public void Labels_are_names_or_all_of_them_plain_numbers(string own, string rows, string named, bool numbers)
    {
        var notices = new Notices();
        using var model = Model(own);
        Assert.Equal(named.Split(' '), LabelMap.Apply(model, Rows(rows), notices).Train.Rows.Select(row => row.Label));
        Assert.Equal(numbers, notices.All.Any(notice => notice.Code == "label-numbers"));
    }

    [Theory]
    [InlineData("1 2 3 4 5", "1 0 2", 2, "the model has no label \"0\": its labels are 1, 2, 3, 4, 5")]
    [InlineData("1 2 3 4 5", "0 0", 1, "the model has no label \"0\"")]
    [InlineData("1-star 2-stars 3-stars", "1 2", 1, "the model has no label \"1\"")]
    [InlineData("bad good", "bad 1", 2, "the model has no label \"1\": its labels are bad, good")]
    [InlineData("bad good", "0 1 bad", 1, "the model has no label \"0\"")]
    [InlineData("bad good", "1 +1", 2, "the model has no label \"+1\": other rows give numbers, and it has those from 0 to 1 (bad, good)")]
    [InlineData("bad good", "1 01", 2, "the model has no label \"01\"")]
    [InlineData("bad good", "0 2", 2, "the model has no label \"2\"")]
    [InlineData("bad good", "-1 0", 1, "the model has no label \"-1\"")]
    [InlineData("bad good", "bad goood", 2, "(did you mean \"good\"?)")]
    public void A_label_that_does_not_fit_is_refused_at_its_row(string own, string rows, int line, string says)
    {
        using var model = Model(own);
        var error = Assert.Throws<AttuneException>(() => LabelMap.Apply(model, Rows(rows), new Notices()));
        Assert.Equal(ExitCode.BadData, error.ExitCode);
        Assert.EndsWith($"labels.jsonl:{line}", error.Place, StringComparison.Ordinal);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("regression", "LABEL_0", "regression")]
    [InlineData("multi_label_classification", "a b", "several labels each")]
    public void A_classifier_that_does_not_give_one_label_is_refused(string problem, string own, string says)
    {
        using var model = Model(own, problem);
        Assert.Contains(says, Assert.Throws<AttuneException>(() => LabelMap.Apply(model, Rows("0"), new Notices())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_labels_of_one_name_are_refused()
    {
        using var model = Model("a b a");
        Assert.Contains("id2label gives 2 labels the name \"a\"", Assert.Throws<AttuneException>(() => LabelMap.Apply(model, Rows("b"), new Notices())).Message, StringComparison.Ordinal);
    }

    private static EncoderModel Model(string labels, string problem = "single_label_classification")
    {
        string names = string.Join(", ", labels.Split(' ').Select((label, id) => $"\"{id}\": \"{label}\""));
        return EncoderModel.Of(ModelFamilies.Create(HuggingFaceConfig.Parse(System.Text.Encoding.UTF8.GetBytes(
            $$"""
            {"model_type": "bert", "vocab_size": 19, "hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2,
             "architectures": ["BertForSequenceClassification"], "id2label": { {{names}} }, "problem_type": "{{problem}}"}
            """), "config.json")));
    }

    private EncodedSplits Rows(string labels)
    {
        File.WriteAllLines(folder["labels.jsonl"], labels.Split(' ').Select(label => $$"""{"text": "a film", "label": "{{label}}"}"""));
        var encoder = new RowEncoder(Text.Tokenizer.FromFolder(folder["words"]), null, new EncodeOptions { MaxTokens = 16, IsLabelled = true });
        return EncodedSplits.Read(new ExampleSource { Train = [folder["labels.jsonl"]], Form = "labelled" }, encoder);
    }
}
