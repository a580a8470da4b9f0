using Attune.Data;
using Attune.Formats;
using Attune.Models;

namespace Attune.Tasks;

/// <summary>Which classifier a model begins with: its own where it has the rows' labels.</summary>
public sealed class TextClassificationTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public TextClassificationTests() => SmallReviews.Write(folder, rows: 6);

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("""{"0": "bad", "1": "good"}""", "good bad good", "bad good")]
    [InlineData("""{"0": "bad", "1": "fair", "2": "good"}""", "good bad", "bad fair good")]
    [InlineData("""{"0": "LABEL_0", "1": "LABEL_1"}""", "1 0 1", "LABEL_0 LABEL_1")]
    [InlineData("""{"0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"}""", "1 0", "LABEL_0 LABEL_1 LABEL_2")]
    [InlineData("""{"0": "contradiction", "1": "entailment", "2": "neutral"}""", "0 2", "contradiction entailment neutral")]
    public void A_classifier_that_knows_the_labels_stays(string own, string rows, string labels)
    {
        var text = Open(own);
        var prepared = new TextClassification().Prepare(text, Rows(rows), []);
        Assert.Same(text, prepared);
        Assert.Equal(labels.Split(' '), prepared.Config.Labels!);
    }

    [Theory]
    [InlineData("""{"0": "LABEL_0", "1": "LABEL_1"}""", "good bad", "", "bad good")]
    [InlineData("""{"0": "1", "1": "2", "2": "3"}""", "2 1 0", "", "0 1 2")]
    [InlineData("""{"0": "bad", "1": "fair", "2": "good"}""", "-1 0 1", "", "-1 0 1")]
    [InlineData("""{"0": "bad", "1": "fair", "2": "good"}""", "2 0", "2 0 1", "2 0 1")]
    [InlineData("""{"0": "bad", "1": "good"}""", "10 9 2", "", "2 9 10")]
    [InlineData("""{"0": "LABEL_0", "1": "LABEL_1"}""", "good bad", "good bad fair", "good bad fair")]
    public void Other_labels_begin_a_new_one(string own, string rows, string given, string labels)
    {
        var prepared = new TextClassification().Prepare(Open(own), Rows(rows), given.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(labels.Split(' '), prepared.Config.Labels!);
        using var model = EncoderModel.Of(ModelFamilies.Create(prepared.Config));
        Assert.Equal(labels.Split(' ').Length, model.Classifier!.OutFeatures);
        Assert.Equal(ProblemType.SingleLabel, model.ProblemType);
    }

    [Fact]
    public void A_classifier_that_is_replaced_is_told_with_the_labels_that_are_lost()
    {
        var text = Open("""{"0": "bad", "1": "fair", "2": "good"}""", isNew: false);
        _ = new TextClassification().Prepare(text, Rows("good best"), []);
        var notice = Assert.Single(text.Notices.All);
        Assert.Equal("head-replaced", notice.Code);
        Assert.Contains("(labels bad, fair, good) is replaced by a new one for the labels best, good; its labels bad, fair are lost", notice.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("good bad", true)]
    [InlineData("bad good", false)]
    public void Another_order_than_the_models_is_told(string given, bool told)
    {
        var text = Open("""{"0": "bad", "1": "good"}""", isNew: false);
        Assert.Same(text, new TextClassification().Prepare(text, Rows("good bad"), given.Split(' ')));
        Assert.Equal(told, text.Notices.All.Any(notice => notice.Code == "label-order"));
    }

    [Fact]
    public void Names_and_numbers_that_contradict_each_other_are_told_when_the_model_opens()
    {
        Assert.Empty(Open("""{"0": "bad", "1": "good"}, "label2id": {"bad": 0, "good": 1}""", isNew: false).Notices.All);
        var notice = Assert.Single(Open("""{"0": "bad", "1": "good"}, "label2id": {"bad": 1, "good": 0}""", isNew: false).Notices.All);
        Assert.Equal("label-names", notice.Code);
        Assert.Contains("they are taken to be bad, good, by their numbers", notice.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_that_is_listed_twice_is_refused() =>
        Assert.Contains("names \"no\" 2 times", Assert.Throws<AttuneException>(() => new TextClassification().Prepare(Open(null), Rows("no yes"), ["no", "yes", "no"])).Message);

    [Fact]
    public void Scores_are_no_labels_unless_they_are_listed()
    {
        string[] scores = [.. Enumerable.Range(0, 60).Select(i => (i / 8.0).ToString(System.Globalization.CultureInfo.InvariantCulture))];
        var error = Assert.Throws<AttuneException>(() => new TextClassification().Prepare(Open(null), Rows(string.Join(' ', scores)), []));
        Assert.Equal(ExitCode.BadData, error.ExitCode);
        Assert.EndsWith("labels.jsonl:2", error.Place, StringComparison.Ordinal);
        Assert.Contains("60 different labels in 60 rows", error.Message, StringComparison.Ordinal);
        Assert.Contains("regression", error.Message, StringComparison.Ordinal);
        Assert.Contains("bins", error.Cure, StringComparison.Ordinal);
        Assert.Equal(60, new TextClassification().Prepare(Open(null), Rows(string.Join(' ', scores)), scores).Config.Labels!.Count);

        // Grades with halves are classes.
        string grades = string.Join(' ', Enumerable.Range(0, 40).Select(i => (1 + (i % 9 / 2.0)).ToString(System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal("1 1.5 2 2.5 3 3.5 4 4.5 5".Split(' '), new TextClassification().Prepare(Open(null), Rows(grades), []).Config.Labels!);
    }

    [Fact]
    public void A_bare_encoder_gets_one() =>
        Assert.Equal(["BertForSequenceClassification"], new TextClassification().Prepare(Open(null), Rows("good bad"), []).Config.Architectures);

    private ModelText Open(string? labels, bool isNew = true)
    {
        byte[] config = System.Text.Encoding.UTF8.GetBytes(
            $$"""
            {"model_type": "bert", "vocab_size": 19, "hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2,
             "architectures": ["{{(labels is null ? "BertModel" : "BertForSequenceClassification")}}"], "id2label": {{labels ?? "null"}}, "problem_type": "single_label_classification"}
            """);
        File.WriteAllBytes(Path.Combine(folder["words"], "config.json"), config);
        return isNew ? ModelText.New(HuggingFaceConfig.Parse(config, "config.json"), folder["words"]) : ModelText.Open(folder["words"]);
    }

    private EncodedSplits Rows(string labels)
    {
        File.WriteAllLines(folder["labels.jsonl"], labels.Split(' ').Select(label => $$"""{"text": "a film", "label": "{{label}}"}"""));
        return EncodedSplits.Read(new ExampleSource { Train = [folder["labels.jsonl"]], Form = "labelled" }, new TextClassification().Encoder(Open(null), 16));
    }
}
