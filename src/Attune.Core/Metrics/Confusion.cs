namespace Attune.Metrics;

/// <summary>How often each label was given to rows of each: what accuracy and F1 are computed from.</summary>
public sealed class Confusion
{
    private readonly long[] right;
    private readonly long[] expected;
    private readonly long[] predicted;

    /// <summary>Creates empty counts.</summary>
    /// <param name="labels">How many labels there are, at least 1.</param>
    public Confusion(int labels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(labels, 1);
        (right, expected, predicted) = (new long[labels], new long[labels], new long[labels]);
    }

    /// <summary>The rows counted.</summary>
    public long Rows { get; private set; }

    /// <summary>Counts a row.</summary>
    /// <param name="label">Its label's number.</param>
    /// <param name="prediction">The number of the label that it was given.</param>
    public void Add(int label, int prediction)
    {
        Rows++;
        expected[label]++;
        predicted[prediction]++;
        right[label] += label == prediction ? 1 : 0;
    }

    /// <summary>Forgets all rows.</summary>
    public void Clear()
    {
        Rows = 0;
        Array.Clear(right);
        Array.Clear(expected);
        Array.Clear(predicted);
    }

    /// <summary>The share of rows that were given their own label, from 0 to 1; NaN where there is none.</summary>
    public double Accuracy => Rows == 0 ? double.NaN : right.Sum() / (double)Rows;

    /// <summary>
    /// The mean of the labels' F1, each the harmonic mean of precision and recall, from 0 to 1; NaN where there is no row. A label counts where a row
    /// has it or was given it, as scikit-learn's <c>f1_score(average="macro")</c> does; one that is never right has 0.
    /// </summary>
    public double MacroF1
    {
        get
        {
            (double sum, int labels) = (0, 0);
            for (int label = 0; label < right.Length; label++)
            {
                if (expected[label] + predicted[label] > 0)
                {
                    sum += 2.0 * right[label] / (expected[label] + predicted[label]);
                    labels++;
                }
            }

            return labels == 0 ? double.NaN : sum / labels;
        }
    }
}
