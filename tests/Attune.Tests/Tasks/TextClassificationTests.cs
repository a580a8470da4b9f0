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
    public void A_classifier_that_knows_the_labels_stays(string own, string rows, string labels)
    {
        var text = Open(own);
        var prepared = new TextClassification().Prepare(text, Rows(rows), []);
        Assert.Same(text, prepared);
        Assert.Equal(labels.Split(' '), prepared.Config.Labels!);
    }

    [Theory]
    [InlineData("""{"0": "LABEL_0", "1": "LABEL_1"}""", "good bad", "", "bad good")]
    [InlineData("""{"0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"}""", "1 0", "", "0 1")]
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
    public void A_bare_encoder_gets_one() =>
        Assert.Equal(["BertForSequenceClassification"], new TextClassification().Prepare(Open(null), Rows("good bad"), []).Config.Architectures);

    private ModelText Open(string? labels) => ModelText.New(HuggingFaceConfig.Parse(System.Text.Encoding.UTF8.GetBytes(
        $$"""
        {"model_type": "bert", "vocab_size": 19, "hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2,
         "architectures": ["{{(labels is null ? "BertModel" : "BertForSequenceClassification")}}"], "id2label": {{labels ?? "null"}}, "problem_type": "single_label_classification"}
        """), "config.json"), folder["words"]);

    private EncodedSplits Rows(string labels)
    {
        File.WriteAllLines(folder["labels.jsonl"], labels.Split(' ').Select(label => $$"""{"text": "a film", "label": "{{label}}"}"""));
        return EncodedSplits.Read(new ExampleSource { Train = [folder["labels.jsonl"]], Form = "labelled" }, new TextClassification().Encoder(Open(null), 16));
    }
}
