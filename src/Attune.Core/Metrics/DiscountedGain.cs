namespace Attune.Metrics;

/// <summary>
/// The gain of an order, less the farther down (Järvelin and Kekäläinen 2002), the mean over rows; a gain is the relevance itself, the discount
/// log2(rank + 1), and equal scores share the mean of their gains (scikit-learn's <c>dcg_score</c> and <c>ndcg_score</c>).
/// </summary>
public static class DiscountedGain
{
    /// <summary>The gain itself, from 0.</summary>
    /// <param name="relevance">One list a query, one number a document, from 0.</param>
    /// <param name="scores">One list a query, one score a document; the highest comes first.</param>
    /// <param name="cutoff">How many places count; null: all.</param>
    /// <exception cref="ArgumentException">
    /// The tables are empty, ragged or of different shapes, a score is not finite or a relevance is below 0.
    /// </exception>
    public static double Of(IReadOnlyList<IReadOnlyList<double>> relevance, IReadOnlyList<IReadOnlyList<double>> scores, int? cutoff = null)
    {
        Check(relevance, scores, cutoff);
        return relevance.Zip(scores).Average(row => Gain(row.First, row.Second, cutoff));
    }

    /// <summary>The gain by that of the best order, from 0 to 1; 0 where nothing is relevant.</summary>
    /// <param name="relevance">One list a query, one number a document, from 0.</param>
    /// <param name="scores">One list a query, one score a document; the highest comes first.</param>
    /// <param name="cutoff">How many places count; null: all.</param>
    /// <exception cref="ArgumentException">
    /// The tables are empty, ragged or of different shapes, a score is not finite or a relevance is below 0.
    /// </exception>
    public static double Normalized(IReadOnlyList<IReadOnlyList<double>> relevance, IReadOnlyList<IReadOnlyList<double>> scores, int? cutoff = null)
    {
        Check(relevance, scores, cutoff);
        return relevance.Zip(scores).Average(row =>
        {
            double best = Gain(row.First, row.First, cutoff);
            return best == 0 ? 0 : Gain(row.First, row.Second, cutoff) / best;
        });
    }

    private static double Gain(IReadOnlyList<double> relevance, IReadOnlyList<double> scores, int? cutoff)
    {
        (double sum, int place) = (0, 0);
        foreach (var equal in Enumerable.Range(0, scores.Count).GroupBy(document => scores[document]).OrderByDescending(group => group.Key))
        {
            double mean = equal.Average(document => relevance[document]);
            int count = equal.Count();
            for (int end = place + count; place < end; place++)
            {
                sum += place < (cutoff ?? int.MaxValue) ? mean / Math.Log2(place + 2) : 0;
            }
        }

        return sum;
    }

    private static void Check(IReadOnlyList<IReadOnlyList<double>> relevance, IReadOnlyList<IReadOnlyList<double>> scores, int? cutoff)
    {
        ArgumentNullException.ThrowIfNull(relevance);
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentOutOfRangeException.ThrowIfLessThan(cutoff ?? 1, 1, nameof(cutoff));
        Rows.SameTable(relevance, scores);
        foreach ((IReadOnlyList<double> gains, IReadOnlyList<double> row) in relevance.Zip(scores))
        {
            Rows.Finite(gains, nameof(relevance));
            Rows.Finite(row, nameof(scores));
            if (gains.Any(gain => gain < 0))
            {
                throw new ArgumentException($"A relevance must be at least 0, not {gains.Min()}.", nameof(relevance));
            }
        }
    }

    [Metric("dcg_sklearn")]
    private static double Verify(MetricArguments arguments) => Of(arguments.Rows("relevance"), arguments.Rows("scores"), Cutoff(arguments));

    [Metric("ndcg_sklearn")]
    private static double VerifyNormalized(MetricArguments arguments) =>
        Normalized(arguments.Rows("relevance"), arguments.Rows("scores"), Cutoff(arguments));

    private static int? Cutoff(MetricArguments arguments) => arguments.Has("k") ? arguments.Integer("k", 0) : null;
}
