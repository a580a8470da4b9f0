namespace Attune.Metrics;

/// <summary>
/// How well scores order the labels of each row, those that it has before the rest (Tsoumakas et al. 2010; scikit-learn's
/// <c>label_ranking_average_precision_score</c>, <c>coverage_error</c> and <c>label_ranking_loss</c>). One list a row, one entry a label.
/// </summary>
public static class LabelRanking
{
    /// <summary>
    /// The mean over rows and over a row's labels of the share of labels with at least that score that the row has; above 0, at most 1. A row with
    /// no label or with all counts 1.
    /// </summary>
    /// <exception cref="ArgumentException">The tables are empty, ragged or of different shapes.</exception>
    public static double AveragePrecision(IReadOnlyList<IReadOnlyList<bool>> labels, IReadOnlyList<IReadOnlyList<double>> scores) =>
        Mean(labels, scores, (own, rest) => own.Count == 0 || rest.Count == 0
            ? 1
            : own.Average(score => (double)NotBelow(own, score) / (NotBelow(own, score) + NotBelow(rest, score))));

    /// <summary>The mean over rows of how far down one must go to meet all of a row's labels; 0 for a row without.</summary>
    /// <exception cref="ArgumentException">The tables are empty, ragged or of different shapes.</exception>
    public static double CoverageError(IReadOnlyList<IReadOnlyList<bool>> labels, IReadOnlyList<IReadOnlyList<double>> scores) =>
        Mean(labels, scores, (own, rest) => own.Count == 0 ? 0 : own.Count + rest.Count(other => other >= own.Min()));

    /// <summary>
    /// The mean over rows of the share of pairs of a label that the row has and one that it has not which are not in that order; from 0 to 1, and 0
    /// for a row with no label or with all.
    /// </summary>
    /// <exception cref="ArgumentException">The tables are empty, ragged or of different shapes.</exception>
    public static double Loss(IReadOnlyList<IReadOnlyList<bool>> labels, IReadOnlyList<IReadOnlyList<double>> scores) =>
        Mean(labels, scores, (own, rest) => own.Count == 0 || rest.Count == 0 ? 0 : own.Average(score => NotBelow(rest, score) / (double)rest.Count));

    private static int NotBelow(List<double> scores, double least) => scores.Count(score => score >= least);

    private static double Mean(
        IReadOnlyList<IReadOnlyList<bool>> labels, IReadOnlyList<IReadOnlyList<double>> scores, Func<List<double>, List<double>, double> ofRow)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(scores);
        Rows.SameTable(labels, scores);
        return labels.Zip(scores).Average(row => ofRow(Scores(row.First, row.Second, having: true), Scores(row.First, row.Second, having: false)));
    }

    private static List<double> Scores(IReadOnlyList<bool> labels, IReadOnlyList<double> scores, bool having)
    {
        Rows.Finite(scores, nameof(scores));
        return [.. scores.Where((_, label) => labels[label] == having)];
    }

    [Metric("multilabel_label_ranking_average_precision")]
    private static double VerifyPrecision(MetricArguments arguments) => AveragePrecision(arguments.FlagRows("labels"), arguments.Rows("scores"));

    [Metric("multilabel_coverage_error")]
    private static double VerifyCoverage(MetricArguments arguments) => CoverageError(arguments.FlagRows("labels"), arguments.Rows("scores"));

    [Metric("multilabel_ranking_loss")]
    private static double VerifyLoss(MetricArguments arguments) => Loss(arguments.FlagRows("labels"), arguments.Rows("scores"));
}
