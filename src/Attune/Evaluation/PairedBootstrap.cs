using Attune.Generation;

namespace Attune.Evaluation;

/// <summary>
/// How certain a difference between two models is that were measured on the same rows (Efron and Tibshirani 1993): rows are drawn anew with
/// replacement, each with both its losses, and the middle 95 % of the differences that come out are the interval. The same seed gives the
/// same numbers on every machine.
/// </summary>
public static class PairedBootstrap
{
    /// <summary>With fewer rows than this, an interval is still given but nothing is concluded from it.</summary>
    public const int FewestRows = 10;

    /// <summary>Compares two measurements.</summary>
    /// <param name="before">The loss of each row before. What was drawn together is one row: add up the parts of a conversation first.</param>
    /// <param name="after">The same rows, each with the same number of tokens, after.</param>
    /// <param name="resamplings">How often the rows are drawn anew, 0 or more; 0: no interval.</param>
    /// <param name="seed">What chance begins with.</param>
    /// <exception cref="ArgumentException">The rows are not the same.</exception>
    /// <exception cref="AttuneException">No row has a token, or a loss is not a finite number.</exception>
    public static Comparison Compare(IReadOnlyList<TokenLoss> before, IReadOnlyList<TokenLoss> after, int resamplings = 1000, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ArgumentOutOfRangeException.ThrowIfNegative(resamplings);
        var rows = Pairs(before, after);
        (double b, double a) = Means(rows);
        int drawn = rows.Length > 1 ? resamplings : 0;
        var loss = new double[drawn];
        var perplexity = new double[drawn];
        Parallel.For(0, drawn, sample =>
        {
            (double drawnBefore, double drawnAfter) = Means(rows, seed, (ulong)sample);
            loss[sample] = drawnAfter - drawnBefore;
            perplexity[sample] = Math.Exp(drawnAfter) - Math.Exp(drawnBefore);
        });
        var change = WithInterval(b, a, loss);
        return new Comparison
        {
            Verdict = Judge(rows.Length, resamplings, change),
            Loss = change,
            Perplexity = WithInterval(Math.Exp(b), Math.Exp(a), perplexity),
            Rows = rows.Length,
            Resamplings = drawn,
        };
    }

    /// <summary>A quantile of sorted numbers, straight between the two nearest, as numpy's.</summary>
    internal static double Quantile(double[] sorted, double share)
    {
        double place = share * (sorted.Length - 1);
        int below = (int)place;
        double low = sorted[below], high = sorted[Math.Min(below + 1, sorted.Length - 1)];
        return low == high ? low : low + ((high - low) * (place - below));
    }

    private static Verdict Judge(int rows, int resamplings, Change loss) =>
        rows < FewestRows ? Verdict.TooFewRows
        : resamplings == 0 ? Verdict.NotJudged
        : loss.High < 0 ? Verdict.Better
        : loss.Low > 0 ? Verdict.Worse
        : Verdict.NoClearDifference;

    /// <summary>A change with the middle 95 % of the differences that were drawn, which are sorted here; none: no interval.</summary>
    internal static Change WithInterval(double before, double after, double[] differences)
    {
        if (differences.Length == 0)
        {
            return new Change(before, after);
        }

        Array.Sort(differences);
        return new Change(before, after, Quantile(differences, 0.025), Quantile(differences, 0.975));
    }

    private static Pair[] Pairs(IReadOnlyList<TokenLoss> before, IReadOnlyList<TokenLoss> after)
    {
        if (before.Count != after.Count)
        {
            throw new ArgumentException($"{before.Count} rows before, {after.Count} after: they must be the same.", nameof(after));
        }

        var pairs = new List<Pair>(before.Count);
        for (int row = 0; row < before.Count; row++)
        {
            if (before[row].Count != after[row].Count)
            {
                throw new ArgumentException($"Row {row + 1} has {before[row].Count} tokens before, {after[row].Count} after.", nameof(after));
            }

            if (before[row].Count > 0)
            {
                pairs.Add(new Pair(Finite(before[row], row, "before"), Finite(after[row], row, "after"), before[row].Count));
            }
        }

        return pairs.Count > 0 ? [.. pairs] : throw new AttuneException(ExitCode.BadData, null, "no row has a token to predict, so there is nothing to compare");
    }

    private static double Finite(TokenLoss loss, int row, string when) => double.IsFinite(loss.Sum) ? loss.Sum
        : throw new AttuneException(ExitCode.BadData, $"row {row + 1}", $"the loss {when} the training is not a finite number", "lower the learning rate, or use float32");

    private static (double Before, double After) Means(Pair[] rows)
    {
        (double before, double after, long tokens) = (0, 0, 0);
        foreach (Pair row in rows)
        {
            before += row.Before;
            after += row.After;
            tokens += row.Tokens;
        }

        return (before / tokens, after / tokens);
    }

    private static (double Before, double After) Means(Pair[] rows, ulong seed, ulong sample)
    {
        (double before, double after, long tokens) = (0, 0, 0);
        var key = ((uint)seed, (uint)(seed >> 32));
        for (int done = 0; done < rows.Length; done += 4)
        {
            var (a, b, c, d) = CounterRandom.Philox(((uint)(done / 4), 0, (uint)sample, (uint)(sample >> 32)), key);
            Take(a);
            if (done + 1 < rows.Length)
            {
                Take(b);
            }

            if (done + 2 < rows.Length)
            {
                Take(c);
            }

            if (done + 3 < rows.Length)
            {
                Take(d);
            }
        }

        return (before / tokens, after / tokens);

        void Take(uint random)
        {
            ref readonly Pair row = ref rows[(int)(((ulong)random * (ulong)rows.Length) >> 32)];
            before += row.Before;
            after += row.After;
            tokens += row.Tokens;
        }
    }

    private readonly record struct Pair(double Before, double After, long Tokens);
}
