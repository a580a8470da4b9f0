using System.Globalization;
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
    private const int MostGrades = 10;

    public string? Form => "labelled";

    public RowEncoder Encoder(ModelText text, int maxTokens) => text.ParsesSpecialTokens
        ? throw new AttuneException(ExitCode.Usage, null, "data.special_tokens: parse is for texts that a model learns to write; those to be classified are text", "leave it out")
        : new RowEncoder(text.Tokenizer, null, new EncodeOptions { MaxTokens = maxTokens, IsLabelled = true });

    public ModelText Prepare(ModelText text, EncodedSplits data, IReadOnlyList<string> labels)
    {
        using var shape = EncoderModel.Of(ModelFamilies.Create(text.Config));
        List<string> wanted = labels.Count > 0 ? [.. labels.Select(LabelSpelling.Of)] : LabelsOf(data.Train, data.Validation, data.Test);
        if (wanted.GroupBy(label => label).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new AttuneException(ExitCode.Usage, "data.labels", $"names {Formats.Names.Quote(twice.Key)} {twice.Count()} times", "name each label once");
        }

        if (wanted.Count < 2)
        {
            throw new AttuneException(ExitCode.BadData, null, $"all rows have the label {wanted[0]}: there is nothing to tell apart", "give rows with at least two labels");
        }

        if (Keeps(shape, data, labels.Count > 0 ? wanted : null))
        {
            SayOtherOrder(shape, labels.Count > 0 ? wanted : [], text.Notices);
            return text;
        }

        if (wanted.Count > MostLabels)
        {
            throw new AttuneException(ExitCode.BadData, null, $"the rows have {wanted.Count} different labels; the limit is {MostLabels}", "is this the right column? A label names a class, it does not describe its row");
        }

        if (labels.Count == 0)
        {
            RefuseScores(data, wanted);
        }

        if (!text.IsNew)
        {
            SayWhatIsLost(shape, wanted, text.Notices);
        }

        return text.With(text.Config.With(
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

    /// <summary>The labels of rows: numbers in their order, else words in theirs.</summary>
    private static List<string> LabelsOf(params IReadOnlyList<EncodedData> splits)
    {
        var labels = splits.SelectMany(split => split.Rows).Select(row => row.Label!).Distinct().ToList();
        return labels.All(label => double.TryParse(label, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            ? [.. labels.OrderBy(label => double.Parse(label, CultureInfo.InvariantCulture)).ThenBy(label => label, StringComparer.Ordinal)]
            : [.. labels.Order(StringComparer.Ordinal)];
    }

    // The training rows decide; a row of validation or test that does not fit them is refused later, with its place. Numbers that a recipe lists
    // are the model's where they count its labels from 0.
    private static bool Keeps(EncoderModel model, EncodedSplits data, List<string>? given) =>
        LabelMap.Find(model, given ?? LabelsOf(data.Train)) is { } map
        && (given is null || !map.AreNumbers
            || (given.Count == model.Labels.Count && given.Select((label, id) => label == id.ToString(CultureInfo.InvariantCulture)).All(same => same)));

    private static void SayOtherOrder(EncoderModel model, List<string> given, Notices notices)
    {
        string[] own = [.. model.Labels.Select(LabelSpelling.Of)];
        int[] numbers = [.. given.Select(label => Array.IndexOf(own, label))];
        if (numbers.All(number => number >= 0) && numbers.Where((number, place) => number != place).Any())
        {
            notices.Add("label-order",
                $"data.labels gives the labels other numbers than the model, whose own stay: {LabelMap.List(model.Labels)}, from 0",
                cure: "list them in the model's order, or leave out data.labels");
        }
    }

    // Grades such as 1.5 may be classes; many different fractions are measurements, of which each would become a class of its own.
    private static void RefuseScores(EncodedSplits data, List<string> wanted)
    {
        var fractions = wanted.Where(LabelSpelling.IsFraction).ToHashSet();
        int rows = data.Train.Rows.Count + data.Validation.Rows.Count + data.Test.Rows.Count;
        int numbers = wanted.Count(LabelSpelling.IsNumber);
        if (fractions.Count == 0 || (numbers <= MostGrades && (fractions.Count < 3 || wanted.Count * 2 <= rows)))
        {
            return;
        }

        var place = new[] { data.Train, data.Validation, data.Test }.SelectMany(split => split.Rows.Zip(split.Places))
            .First(pair => fractions.Contains(pair.First.Label!)).Second;
        throw new AttuneException(ExitCode.BadData, place.ToString(),
            $"the labels look like scores: {Words.Count(wanted.Count, "different label")} in {Words.Count(rows, "row")}, "
                + $"{fractions.Count} of them fractions ({LabelMap.List([.. fractions.Take(5)])}); learning a number (regression) is not there yet",
            "put the scores into a few bins (low, middle, high), map another column to label, or list the classes in data.labels");
    }

    private static void SayWhatIsLost(EncoderModel model, List<string> wanted, Notices notices)
    {
        if (model.Classifier is null)
        {
            return;
        }

        string[] lost = [.. model.Labels.Where(name => !wanted.Contains(LabelSpelling.Of(name)))];
        string gone = lost.Length == 0 ? ""
            : $"; {Words.Of(lost.Length, "its label", "its labels")} {LabelMap.List(lost)} {Words.Of(lost.Length, "is", "are")} lost";
        notices.Add("head-replaced",
            $"the model's classifier (labels {LabelMap.List(model.Labels)}) is replaced by a new one for the labels {LabelMap.List(wanted)}{gone}",
            cure: "to train the model's own classifier on, give the rows its labels");
    }
}
