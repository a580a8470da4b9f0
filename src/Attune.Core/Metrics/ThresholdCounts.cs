namespace Attune.Metrics;

/// <summary>How many rows of either class have at least each of the scores that occur: what all curves are made of.</summary>
internal sealed class ThresholdCounts
{
    private ThresholdCounts(double[] thresholds, double[] positives, double[] negatives)
    {
        Thresholds = thresholds;
        Positives = positives;
        Negatives = negatives;
    }

    /// <summary>The different scores, falling.</summary>
    public double[] Thresholds { get; }

    /// <summary>The positive rows with at least that score.</summary>
    public double[] Positives { get; }

    /// <summary>The negative rows with at least that score.</summary>
    public double[] Negatives { get; }

    public static ThresholdCounts Of(IReadOnlyList<bool> labels, IReadOnlyList<double> scores)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(scores);
        Rows.Same(labels.Count, scores.Count);
        Rows.Finite(scores, nameof(scores));
        int[] order = [.. Enumerable.Range(0, scores.Count).OrderByDescending(row => scores[row])];
        var thresholds = new List<double>();
        var positives = new List<double>();
        var negatives = new List<double>();
        int right = 0;
        for (int i = 0; i < order.Length; i++)
        {
            right += labels[order[i]] ? 1 : 0;
            if (i + 1 == order.Length || scores[order[i + 1]] != scores[order[i]])
            {
                thresholds.Add(scores[order[i]]);
                positives.Add(right);
                negatives.Add(i + 1 - right);
            }
        }

        return new([.. thresholds], [.. positives], [.. negatives]);
    }
}
