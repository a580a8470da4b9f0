using Attune.Generation;
using Attune.Metrics;

namespace Attune.Evaluation;

/// <summary>Two classifiers on the same rows: how far apart they are, and whether that is more than chance.</summary>
public sealed record LabelComparison
{
    /// <summary>What may be said: by the interval of the accuracy.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>The share of rows that were given their own label.</summary>
    public required Change Accuracy { get; init; }

    /// <summary>The mean of the labels' F1.</summary>
    public required Change MacroF1 { get; init; }

    /// <summary>The mean loss by row, in nats.</summary>
    public required Change Loss { get; init; }

    /// <summary>The label that most rows to train on have.</summary>
    public required string Majority { get; init; }

    /// <summary>The accuracy of whoever says <see cref="Majority"/> of every row.</summary>
    public required double MajorityAccuracy { get; init; }

    /// <summary>The macro F1 of the same.</summary>
    public required double MajorityMacroF1 { get; init; }

    /// <summary>The rows.</summary>
    public required int Rows { get; init; }

    /// <summary>How often they were drawn anew; 0: there is no interval.</summary>
    public required int Resamplings { get; init; }

    /// <summary>Compares two measurements: rows are drawn anew with replacement, each with what both said of it, as <see cref="PairedBootstrap"/> does.</summary>
    /// <param name="before">What was said before; at least one row.</param>
    /// <param name="after">What was said of the same rows after.</param>
    /// <param name="resamplings">How often the rows are drawn anew, 0 or more; 0: no interval.</param>
    /// <param name="seed">What chance begins with.</param>
    /// <exception cref="ArgumentException">The rows are not the same.</exception>
    /// <exception cref="AttuneException">A loss is not a finite number.</exception>
    public static LabelComparison Of(RowPredictions before, RowPredictions after, int resamplings = 1000, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ArgumentOutOfRangeException.ThrowIfNegative(resamplings);
        if (before.Expected.Count == 0 || !before.Expected.SequenceEqual(after.Expected))
        {
            throw new ArgumentException("Both must be of the same rows, at least one.", nameof(after));
        }

        if (!double.IsFinite(before.Loss) || !double.IsFinite(after.Loss))
        {
            throw new AttuneException(ExitCode.BadData, null, "a row's loss is not a finite number", "lower the learning rate, or use float32");
        }

        int rows = before.Expected.Count, drawn = rows > 1 ? resamplings : 0;
        (double[] accuracy, double[] f1, double[] loss) = (new double[drawn], new double[drawn], new double[drawn]);
        Parallel.For(0, drawn, () => (Before: new Confusion(before.Labels.Count), After: new Confusion(before.Labels.Count)), (sample, _, counts) =>
        {
            (loss[sample], accuracy[sample], f1[sample]) = Draw(before, after, counts.Before, counts.After, seed, (ulong)sample);
            return counts;
        }, _ => { });
        var (majorityAccuracy, majorityF1) = before.OfMajority;
        var change = PairedBootstrap.WithInterval(before.Accuracy, after.Accuracy, accuracy);
        return new LabelComparison
        {
            Verdict = rows < PairedBootstrap.FewestRows ? Verdict.TooFewRows : resamplings == 0 ? Verdict.NotJudged
                : change.Low > 0 ? Verdict.Better : change.High < 0 ? Verdict.Worse : Verdict.NoClearDifference,
            Accuracy = change,
            MacroF1 = PairedBootstrap.WithInterval(before.MacroF1, after.MacroF1, f1),
            Loss = PairedBootstrap.WithInterval(before.Loss, after.Loss, loss),
            Majority = before.Labels[before.Majority],
            MajorityAccuracy = majorityAccuracy,
            MajorityMacroF1 = majorityF1,
            Rows = rows,
            Resamplings = drawn,
        };
    }

    private static (double Loss, double Accuracy, double MacroF1) Draw(RowPredictions before, RowPredictions after, Confusion first, Confusion second, ulong seed, ulong sample)
    {
        first.Clear();
        second.Clear();
        double loss = 0;
        int rows = before.Expected.Count;
        var key = ((uint)seed, (uint)(seed >> 32));
        for (int done = 0; done < rows; done += 4)
        {
            var (a, b, c, d) = CounterRandom.Philox(((uint)(done / 4), 0, (uint)sample, (uint)(sample >> 32)), key);
            ReadOnlySpan<uint> four = [a, b, c, d];
            foreach (uint random in four[..Math.Min(4, rows - done)])
            {
                int row = (int)(((ulong)random * (ulong)rows) >> 32);
                loss += after.Losses[row] - before.Losses[row];
                first.Add(before.Expected[row], before.Predicted[row]);
                second.Add(after.Expected[row], after.Predicted[row]);
            }
        }

        return (loss / rows, second.Accuracy - first.Accuracy, second.MacroF1 - first.MacroF1);
    }
}
