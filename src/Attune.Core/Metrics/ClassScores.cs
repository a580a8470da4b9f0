namespace Attune.Metrics;

/// <summary>Precision, recall and F-beta of rows that have one class each (scikit-learn's <c>precision_recall_fscore_support</c>).</summary>
public static class ClassScores
{
    /// <summary>The figures over classes as one.</summary>
    /// <param name="labels">The class of each row; at least one row.</param>
    /// <param name="predictions">The class that each row was given.</param>
    /// <param name="average">How they become one; <see cref="Average.Binary"/> is the figure of class 1.</param>
    /// <param name="zeroDivision">What a figure is whose denominator is 0.</param>
    /// <param name="beta">How many times as much recall counts as precision.</param>
    /// <param name="classes">The classes that count; null: all that occur in either list.</param>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths, or the average is over the labels of a row.</exception>
    public static PrecisionRecallF1 Of(
        IReadOnlyList<int> labels,
        IReadOnlyList<int> predictions,
        Average average,
        double zeroDivision = 0,
        double beta = 1,
        IReadOnlyList<int>? classes = null)
    {
        var matrix = new ConfusionMatrix(labels, predictions);
        if (average == Average.Samples)
        {
            throw new ArgumentException("Rows that have one class each have no average over a row's labels.", nameof(average));
        }

        IReadOnlyList<int> counted = average == Average.Binary ? [1] : classes ?? matrix.Classes;
        return PrecisionRecallF1.Of([.. counted.Select(matrix.Counts)], average, zeroDivision, beta);
    }

    /// <summary>The figures of each class that occurs, in rising order of classes (or of <paramref name="classes"/>).</summary>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths.</exception>
    public static IReadOnlyList<PrecisionRecallF1> PerClass(
        IReadOnlyList<int> labels, IReadOnlyList<int> predictions, double zeroDivision = 0, double beta = 1, IReadOnlyList<int>? classes = null)
    {
        var matrix = new ConfusionMatrix(labels, predictions);
        return [.. (classes ?? matrix.Classes).Select(label => matrix.Counts(label).Scores(zeroDivision, beta))];
    }

    [Metric("precision_recall_f1")]
    private static object Verify(MetricArguments arguments)
    {
        if (arguments.Has("average"))
        {
            return Read(arguments)[0];
        }

        ConfusionMatrix matrix = ConfusionMatrix.From(arguments);
        return Shown([.. matrix.Classes.Select(matrix.Counts)], arguments.Number("zero_division", 0));
    }

    [Metric("f_beta")]
    private static object VerifyBeta(MetricArguments arguments)
    {
        IReadOnlyList<PrecisionRecallF1> scores = Read(arguments);
        return arguments.Has("average") ? scores[0].F1 : scores.Select(score => score.F1);
    }

    /// <summary>The figures of single labels as an object of lists.</summary>
    internal static object Shown(IReadOnlyList<LabelCounts> counts, double zeroDivision) => new
    {
        Precision = counts.Select(label => label.Scores(zeroDivision).Precision),
        Recall = counts.Select(label => label.Scores(zeroDivision).Recall),
        F1 = counts.Select(label => label.Scores(zeroDivision).F1),
        Support = counts.Select(label => label.Expected),
    };

    private static IReadOnlyList<PrecisionRecallF1> Read(MetricArguments arguments)
    {
        int[]? classes = arguments.Has("classes") ? arguments.Integers("classes") : null;
        (int[] labels, int[] predictions) = (arguments.Integers("labels"), arguments.Integers("predictions"));
        (double zero, double beta) = (arguments.Number("zero_division", 0), arguments.Number("beta", 1));
        return arguments.Has("average")
            ? [Of(labels, predictions, arguments.Choice("average", Average.Binary), zero, beta, classes)]
            : PerClass(labels, predictions, zero, beta, classes);
    }
}
