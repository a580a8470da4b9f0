using Attune.Formats;
using Attune.Nn;
using static TorchSharp.torch;

namespace Attune.Models;

/// <summary>
/// An encoder: tokens in, a state for each that knows its whole row, and perhaps a classifier of rows. Which of these a folder holds its config
/// says (<c>architectures</c>).
/// </summary>
public abstract class EncoderModel : TextModel
{
    private Dictionary<string, int>? numbers;

    /// <summary>Creates the model without memory.</summary>
    /// <param name="config">Its config.json.</param>
    protected EncoderModel(HuggingFaceConfig config)
        : base(config)
    {
    }

    /// <summary>What a row's pooled state becomes a number for each label by; null: it is no classifier.</summary>
    public abstract Projection? Classifier { get; }

    /// <summary>The architecture of this family that classifies rows (<c>BertForSequenceClassification</c>).</summary>
    public abstract string ClassifierArchitecture { get; }

    /// <summary>What the classifier's outputs are called, in their order; empty: it is no classifier.</summary>
    public IReadOnlyList<string> Labels => Classifier is null ? [] : LabelsOf(Config);

    /// <summary>The number of a label.</summary>
    /// <param name="label">The label's name.</param>
    /// <exception cref="AttuneException">The classifier does not know it.</exception>
    public int LabelNumber(string label)
    {
        numbers ??= Labels.Select((name, id) => (name, id)).DistinctBy(pair => pair.name).ToDictionary(pair => pair.name, pair => pair.id);
        return numbers.TryGetValue(label, out int number) ? number
            : throw new AttuneException(ExitCode.BadData, Config.Path, $"the model has no label {Names.Quote(label)}", NearestName.Hint(label, [.. numbers.Keys]));
    }

    /// <summary>What the classifier's outputs mean.</summary>
    /// <exception cref="AttuneException">config.json says something unknown.</exception>
    public ProblemType ProblemType => Config.FindString("problem_type") switch
    {
        null => Labels.Count == 1 ? ProblemType.Regression : ProblemType.SingleLabel,
        "single_label_classification" => ProblemType.SingleLabel,
        "multi_label_classification" => ProblemType.MultiLabel,
        "regression" => ProblemType.Regression,
        var other => throw Config.Error("problem_type", $"is {Names.Quote(other)}", "known are single_label_classification, multi_label_classification and regression"),
    };

    /// <inheritdoc/>
    public override string? TaskType => Classifier is null ? "FEATURE_EXTRACTION" : "SEQ_CLS";

    /// <inheritdoc/>
    public override Layer? Head => Classifier;

    /// <summary>A state for each token.</summary>
    /// <param name="rows">The tokens.</param>
    /// <param name="states">Where given, receives the embedding's output and every block's.</param>
    /// <returns>[tokens, hidden].</returns>
    public abstract Tensor Hidden(PackedRows rows, IList<Tensor>? states = null);

    /// <summary>What the classifier reads.</summary>
    /// <param name="hidden">The states of <paramref name="rows"/>.</param>
    /// <param name="rows">The tokens.</param>
    /// <returns>[rows, hidden].</returns>
    public abstract Tensor Pooled(Tensor hidden, PackedRows rows);

    /// <summary>A number for each label of each row.</summary>
    /// <param name="rows">The tokens.</param>
    /// <returns>[rows, labels].</returns>
    /// <exception cref="AttuneException">It is no classifier.</exception>
    public Tensor Logits(PackedRows rows) => RequireClassifier().Forward(Pooled(Hidden(rows), rows));

    /// <summary>The classifier.</summary>
    /// <exception cref="AttuneException">There is none, or two of its labels have one name.</exception>
    public Projection RequireClassifier()
    {
        if (Classifier is null)
        {
            throw new AttuneException(ExitCode.Usage, Config.Path, $"{string.Join(", ", Config.Architectures)} is no classifier: it has no labels",
                $"train one with `task: text-classification`, or open a {ClassifierArchitecture}");
        }

        return Labels.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw Config.Error("id2label", $"gives {twice.Count()} labels the name {Names.Quote(twice.Key)}", "give each a name of its own")
            : Classifier;
    }

    /// <summary>A model as an encoder.</summary>
    /// <param name="model">Any model.</param>
    /// <exception cref="AttuneException">It is none.</exception>
    public static EncoderModel Of(TextModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model as EncoderModel ?? throw new AttuneException(ExitCode.Usage, model.Config.Path, $"is no encoder but a language model ({model.Config.ModelType})",
            "take an encoder such as google-bert/bert-base-uncased");
    }

    // Transformers' own default is two.
    private protected static IReadOnlyList<string> LabelsOf(HuggingFaceConfig config) => config.Labels ?? ["LABEL_0", "LABEL_1"];
}
