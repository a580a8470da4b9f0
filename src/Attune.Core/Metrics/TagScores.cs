namespace Attune.Metrics;

/// <summary>
/// Precision, recall and F1 of whole entities in sequences of tags (Nakayama's seqeval, which follows conlleval). A scheme asks for entities that
/// are whole under it (seqeval's strict mode); without one, an entity opens and closes wherever a prefix or type says so.
/// </summary>
public sealed class TagScores
{
    private readonly SortedDictionary<string, LabelCounts> types = new(StringComparer.Ordinal);

    /// <summary>Counts the entities of sequences.</summary>
    /// <param name="labels">The tags of each sequence, such as <c>B-PER</c> and <c>O</c>.</param>
    /// <param name="predictions">The tags that each was given.</param>
    /// <param name="scheme">The scheme under which entities must be whole; null: seqeval's default mode, which knows B, I, E, S and O.</param>
    /// <exception cref="ArgumentException">The lists are of different lengths, or a tag is none of the scheme's.</exception>
    public TagScores(IReadOnlyList<IReadOnlyList<string>> labels, IReadOnlyList<IReadOnlyList<string>> predictions, TagScheme? scheme = null)
    {
        CheckLengths(labels, predictions);
        HashSet<TaggedEntity> expected = scheme is { } known ? TaggedEntities.Strict(labels, known) : TaggedEntities.Lenient(labels);
        HashSet<TaggedEntity> predicted = scheme is { } same ? TaggedEntities.Strict(predictions, same) : TaggedEntities.Lenient(predictions);
        foreach (TaggedEntity entity in expected)
        {
            Count(entity, new LabelCounts(predicted.Contains(entity) ? 1 : 0, 0, 1));
        }

        foreach (TaggedEntity entity in predicted)
        {
            Count(entity, new LabelCounts(0, 1, 0));
        }
    }

    /// <summary>The counts of each type that occurs, in ordinal order.</summary>
    public IReadOnlyDictionary<string, LabelCounts> Types => types;

    /// <summary>The figures of all types as one; with no entity at all, the mean over types is NaN.</summary>
    /// <param name="average">Micro, macro or weighted.</param>
    /// <param name="zeroDivision">What a figure is whose denominator is 0.</param>
    /// <exception cref="ArgumentException">Another average.</exception>
    public PrecisionRecallF1 Of(Average average, double zeroDivision = 0)
    {
        if (average is not (Average.Micro or Average.Macro or Average.Weighted))
        {
            throw new ArgumentException($"There is no {average} average of entities.", nameof(average));
        }

        if (average == Average.Weighted && types.Values.All(type => type.Expected == 0))
        {
            double otherwise = types.Values.All(type => type.Predicted == 0) ? zeroDivision : 0;
            return new(otherwise, zeroDivision, otherwise);
        }

        return PrecisionRecallF1.Of(types.Values, average, zeroDivision);
    }

    /// <summary>The share of tags that are right, from 0 to 1.</summary>
    /// <exception cref="ArgumentException">There is no tag, or the lists are of different lengths.</exception>
    public static double Accuracy(IReadOnlyList<IReadOnlyList<string>> labels, IReadOnlyList<IReadOnlyList<string>> predictions)
    {
        CheckLengths(labels, predictions);
        return Metrics.Accuracy.Of<string>([.. labels.SelectMany(tags => tags)], [.. predictions.SelectMany(tags => tags)]);
    }

    private static void CheckLengths(IReadOnlyList<IReadOnlyList<string>> labels, IReadOnlyList<IReadOnlyList<string>> predictions)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(predictions);
        Rows.Same(labels.Count, predictions.Count, mayBeEmpty: true);
        for (int i = 0; i < labels.Count; i++)
        {
            if (labels[i].Count != predictions[i].Count)
            {
                throw new ArgumentException($"Sequence {i} has {predictions[i].Count} predicted tags for {labels[i].Count}.", nameof(predictions));
            }
        }
    }

    private void Count(TaggedEntity entity, LabelCounts counts) => types[entity.Type] = types.GetValueOrDefault(entity.Type) + counts;

    [Metric("seqeval_precision_recall_f1")]
    private static PrecisionRecallF1 Verify(MetricArguments arguments) =>
        Read(arguments).Of(arguments.Choice("average", Average.Micro), arguments.Number("zero_division", 0));

    [Metric("seqeval_per_type")]
    private static Dictionary<string, Dictionary<string, double>> VerifyTypes(MetricArguments arguments)
    {
        TagScores scores = Read(arguments);
        long support = scores.types.Values.Sum(type => type.Expected);
        var shown = scores.types.ToDictionary(type => type.Key, type => Shown(type.Value.Scores(), type.Value.Expected));
        shown["micro avg"] = Shown(scores.Of(Average.Micro), support);
        shown["macro avg"] = Shown(scores.Of(Average.Macro), support);
        shown["weighted avg"] = Shown(scores.Of(Average.Weighted), support);
        return shown;
    }

    [Metric("seqeval_accuracy")]
    private static double VerifyAccuracy(MetricArguments arguments) => Accuracy(arguments.TextRows("labels"), arguments.TextRows("predictions"));

    private static Dictionary<string, double> Shown(PrecisionRecallF1 scores, long support) => new()
    {
        ["precision"] = scores.Precision,
        ["recall"] = scores.Recall,
        ["f1-score"] = scores.F1,
        ["support"] = support,
    };

    private static TagScores Read(MetricArguments arguments) => new(
        arguments.TextRows("labels"),
        arguments.TextRows("predictions"),
        arguments.Text("mode") == "strict" ? arguments.Choice("scheme", TagScheme.IOB2) : null);
}
