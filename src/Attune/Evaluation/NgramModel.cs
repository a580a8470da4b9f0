using Attune.Text;

namespace Attune.Evaluation;

/// <summary>
/// A model of the last few tokens only, by interpolated modified Kneser-Ney smoothing (Chen and Goodman, "An empirical study of smoothing
/// techniques for language modeling", 1998): what any language model must beat on the same rows.
/// </summary>
public sealed class NgramModel
{
    // A token's number in a context: 32 bits before it hold the context's.
    private const int IdBits = 32;
    private readonly int order;
    private readonly double floor;
    private readonly Level[] levels;
    private readonly Dictionary<(int Context, int Id), int> contexts;

    private NgramModel(int order, int vocabularySize, Level[] levels, Dictionary<(int Context, int Id), int> contexts)
    {
        this.order = order;
        floor = 1.0 / vocabularySize;
        this.levels = levels;
        this.contexts = contexts;
    }

    /// <summary>Counts.</summary>
    /// <param name="rows">The rows that it learns from: their trained tokens, each after what stands before it in its row.</param>
    /// <param name="order">How many tokens it looks at, the one that it foretells included, from 1 (a unigram) on.</param>
    /// <param name="vocabularySize">How many tokens there are.</param>
    public static NgramModel Count(IEnumerable<TokenRow> rows, int order, int vocabularySize)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 1);

        // Contexts are numbered: a longer one is a shorter one and the token before it.
        var contexts = new Dictionary<(int Context, int Id), int>();
        var counts = new Dictionary<long, int>[order];
        for (int n = 0; n < order; n++)
        {
            counts[n] = [];
        }

        foreach (var row in rows)
        {
            for (int place = 1; place < row.Ids.Length; place++)
            {
                if (!row.Trained[place])
                {
                    continue;
                }

                // The whole context is counted as it is; a shorter one counts in how many longer ones the token was seen.
                int context = 0;
                var path = new int[order];
                for (int n = 1; n < order; n++)
                {
                    context = Number(contexts, context, Before(row, place, n));
                    path[n] = context;
                }

                for (int n = order - 1; n >= 0; n--)
                {
                    if (!Add(counts[n], Key(path[n], row.Ids[place])))
                    {
                        break;
                    }
                }
            }
        }

        return new NgramModel(order, vocabularySize, Array.ConvertAll(counts, Level.Of), contexts);
    }

    /// <summary>The loss of rows over their trained tokens, as <see cref="Perplexity.OfRows"/> counts them.</summary>
    /// <param name="rows">The rows.</param>
    public IReadOnlyList<TokenLoss> OfRows(IEnumerable<TokenRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return [.. rows.Select(OfRow)];
    }

    /// <summary>How likely a token is at a place of a row, given what stands before it.</summary>
    internal double Probability(TokenRow row, int place, int id)
    {
        double probability = floor;
        int context = 0;
        for (int n = 0; n < order; n++)
        {
            if (n > 0 && !contexts.TryGetValue((context, Before(row, place, n)), out context))
            {
                break;
            }

            probability = levels[n].Probability(context, id, probability);
        }

        return probability;
    }

    private TokenLoss OfRow(TokenRow row)
    {
        TokenLoss sum = default;
        for (int place = 1; place < row.Ids.Length; place++)
        {
            if (row.Trained[place])
            {
                sum += new TokenLoss(-Math.Log(Probability(row, place, row.Ids[place])), 1);
            }
        }

        return sum;
    }

    private static int Before(TokenRow row, int place, int distance) => place >= distance ? row.Ids[place - distance] : -1;

    private static long Key(int context, int id) => ((long)context << IdBits) | (uint)id;

    private static int Number(Dictionary<(int Context, int Id), int> contexts, int context, int id)
    {
        if (!contexts.TryGetValue((context, id), out int number))
        {
            contexts.Add((context, id), number = contexts.Count + 1);
        }

        return number;
    }

    // Whether it is new.
    private static bool Add(Dictionary<long, int> counts, long key)
    {
        counts[key] = counts.GetValueOrDefault(key) + 1;
        return counts[key] == 1;
    }

    /// <summary>The n-grams of one length.</summary>
    private sealed class Level(Dictionary<long, int> counts, Dictionary<int, Seen> seen, double[] discounts)
    {
        public static Level Of(Dictionary<long, int> counts)
        {
            var seen = new Dictionary<int, Seen>();
            var counted = new double[5];
            foreach (var (key, count) in counts)
            {
                var before = seen.GetValueOrDefault((int)(key >> IdBits));
                seen[(int)(key >> IdBits)] = before.With(count);
                counted[Math.Min(count, 4)]++;
            }

            // Few or strange counts leave no estimate: absolute discounting by a half then.
            double y = counted[1] / (counted[1] + (2 * counted[2]));
            double Discount(int count) => counted[count] > 0 && counted[count + 1] > 0 && count - ((count + 1) * y * counted[count + 1] / counted[count]) is > 0 and var discount && discount < count ? discount : 0.5;
            return new Level(counts, seen, [0, Discount(1), Discount(2), Discount(3)]);
        }

        public double Probability(int context, int id, double shorter)
        {
            if (!seen.TryGetValue(context, out Seen all))
            {
                return shorter;
            }

            int count = counts.GetValueOrDefault(Key(context, id));
            double kept = count - discounts[Math.Min(count, 3)];
            return (kept + (all.Spared(discounts) * shorter)) / all.Sum;
        }
    }

    /// <summary>What followed a context: how often altogether, and how many tokens once, twice and more often.</summary>
    private readonly record struct Seen(long Sum, int Once, int Twice, int More)
    {
        public Seen With(int count) => new(Sum + count, Once + (count == 1 ? 1 : 0), Twice + (count == 2 ? 1 : 0), More + (count > 2 ? 1 : 0));

        public double Spared(double[] discounts) => (Once * discounts[1]) + (Twice * discounts[2]) + (More * discounts[3]);
    }
}
