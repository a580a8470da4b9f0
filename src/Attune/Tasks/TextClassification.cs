using System.Text.Json.Nodes;
using Attune.Data;
using Attune.Models;
using Attune.Objectives;
using Attune.Recipes;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Tasks;

/// <summary>
/// One label for a text, or for two that belong together. An encoder that has these labels already keeps its classifier; any other gets a new one,
/// with the labels of the rows, and is trained from there.
/// </summary>
[TaskName(Name)]
internal sealed class TextClassification : ITask
{
    public const string Name = "text-classification";
    private const int MostLabels = 10_000;

    public string? Form => "labelled";

    public RowEncoder Encoder(ModelText text, int maxTokens) => text.ParsesSpecialTokens
        ? throw new AttuneException(ExitCode.Usage, null, "data.special_tokens: parse is for texts that a model learns to write; those to be classified are text", "leave it out")
        : new RowEncoder(text.Tokenizer, null, new EncodeOptions { MaxTokens = maxTokens, IsLabelled = true });

    public ModelText Prepare(ModelText text, EncodedSplits data, IReadOnlyList<string> labels)
    {
        using var shape = EncoderModel.Of(ModelFamilies.Create(text.Config));
        List<string> wanted = labels.Count > 0 ? [.. labels] : LabelsOf(data);
        if (wanted.Count < 2)
        {
            throw new AttuneException(ExitCode.BadData, null, $"all rows have the label {wanted[0]}: there is nothing to tell apart", "give rows with at least two labels");
        }

        if (wanted.Count > MostLabels)
        {
            throw new AttuneException(ExitCode.BadData, null, $"the rows have {wanted.Count} different labels; the limit is {MostLabels}", "is this the right column? A label names a class, it does not describe its row");
        }

        return Has(shape, wanted) ? text : text.With(text.Config.With(
        [
            new("architectures", new JsonArray(shape.ClassifierArchitecture)),
            new("id2label", new JsonObject(wanted.Select((label, id) => KeyValuePair.Create(id.ToString(), (JsonNode?)label)))),
            new("label2id", new JsonObject(wanted.Select((label, id) => KeyValuePair.Create(label, (JsonNode?)id)))),
            new("num_labels", null),
            new("problem_type", "single_label_classification"),
        ]), newHead: true);
    }

    public Tensor Loss(TextModel model, Batch batch, CrossEntropyOptions options)
    {
        var encoder = EncoderModel.Of(model);
        using var targets = tensor(batch.Labels.Select(label => (long)encoder.LabelNumber(label!)).ToArray(), device: encoder.Device);
        return ClassifierLoss.Sum(encoder, batch.Rows, targets, options);
    }

    /// <summary>The labels of all rows: numbers in their order, else words in theirs.</summary>
    private static List<string> LabelsOf(EncodedSplits data)
    {
        var labels = new[] { data.Train, data.Validation, data.Test }.SelectMany(split => split.Rows).Select(row => row.Label!).Distinct().ToList();
        return labels.All(label => long.TryParse(label, out _)) ? [.. labels.OrderBy(long.Parse)] : [.. labels.Order(StringComparer.Ordinal)];
    }

    // Words that it has, or all of its numbers.
    private static bool Has(EncoderModel model, List<string> labels) => model.Classifier is not null && model.ProblemType == ProblemType.SingleLabel
        && (labels.All(model.Labels.Contains) || labels.Order(StringComparer.Ordinal).SequenceEqual(Enumerable.Range(0, model.Labels.Count).Select(id => id.ToString()).Order(StringComparer.Ordinal)));
}
