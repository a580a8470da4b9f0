using System.Text.Json;

namespace Attune.Metrics;

/// <summary>
/// A query's documents in the order of their scores, against how relevant they are judged: trec_eval's definitions. A gain is the relevance itself,
/// the discount log2(rank + 1); documents that are not judged are not relevant; of equal scores the document with the later name is first.
/// </summary>
public sealed class RankedDocuments
{
    private static readonly int[] Cutoffs = [1, 3, 5, 10, 15, 20, 30, 100, 200, 500, 1000];
    private readonly int[] ranked;
    private readonly int[] judged;
    private readonly int relevant;

    /// <summary>Ranks documents.</summary>
    /// <param name="relevance">How relevant each judged document is; 0 or less: not at all.</param>
    /// <param name="scores">The score of each document that was found, the best highest.</param>
    /// <exception cref="ArgumentException">A score is not a number.</exception>
    public RankedDocuments(IReadOnlyDictionary<string, int> relevance, IReadOnlyDictionary<string, double> scores)
    {
        ArgumentNullException.ThrowIfNull(relevance);
        ArgumentNullException.ThrowIfNull(scores);
        if (scores.FirstOrDefault(document => double.IsNaN(document.Value)).Key is { } wrong)
        {
            throw new ArgumentException($"The score of {wrong} is not a number.", nameof(scores));
        }

        ranked = [.. scores.OrderByDescending(document => document.Value).ThenByDescending(document => document.Key, StringComparer.Ordinal)
            .Select(document => relevance.GetValueOrDefault(document.Key))];
        judged = [.. relevance.Values.OrderDescending()];
        relevant = judged.Count(gain => gain > 0);
    }

    /// <summary>The mean, over all relevant documents, of the precision where each is found; 0 for one that is not. From 0 to 1.</summary>
    /// <param name="cutoff">How many documents count; null: all.</param>
    public double AveragePrecision(int? cutoff = null)
    {
        (double sum, int found) = (0, 0);
        for (int i = 0; i < Length(cutoff); i++)
        {
            if (ranked[i] > 0)
            {
                sum += ++found / (i + 1.0);
            }
        }

        return relevant == 0 ? 0 : sum / relevant;
    }

    /// <summary>1 by the rank of the first relevant document, over the whole list; 0 where there is none.</summary>
    public double ReciprocalRank => Array.FindIndex(ranked, gain => gain > 0) is var first and >= 0 ? 1.0 / (first + 1) : 0;

    /// <summary>The share of the first <paramref name="cutoff"/> places that hold a relevant document, from 0 to 1.</summary>
    public double Precision(int cutoff)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cutoff, 1);
        return Found(cutoff) / (double)cutoff;
    }

    /// <summary>The share of relevant documents that are in the first <paramref name="cutoff"/> places, from 0 to 1; 0 where there is none.</summary>
    public double Recall(int cutoff)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cutoff, 1);
        return relevant == 0 ? 0 : Found(cutoff) / (double)relevant;
    }

    /// <summary>The discounted gain by that of the best order, from 0 to 1; 0 where no document is relevant.</summary>
    /// <param name="cutoff">How many documents count; null: all.</param>
    public double Ndcg(int? cutoff = null)
    {
        double best = Gain(judged, Math.Min(judged.Length, cutoff ?? judged.Length));
        return best == 0 ? 0 : Gain(ranked, Length(cutoff)) / best;
    }

    private int Length(int? cutoff) => Math.Min(ranked.Length, cutoff ?? ranked.Length);

    private int Found(int cutoff) => ranked.Take(cutoff).Count(gain => gain > 0);

    private static double Gain(int[] gains, int length) => gains.Take(length).Select((gain, i) => Math.Max(gain, 0) / Math.Log2(i + 2)).Sum();

    private Dictionary<string, double> Shown()
    {
        var shown = new Dictionary<string, double> { ["map"] = AveragePrecision(), ["recip_rank"] = ReciprocalRank, ["ndcg"] = Ndcg() };
        foreach (int cutoff in Cutoffs)
        {
            shown["P_" + cutoff] = Precision(cutoff);
            shown["recall_" + cutoff] = Recall(cutoff);
            shown["ndcg_cut_" + cutoff] = Ndcg(cutoff);
            shown["map_cut_" + cutoff] = AveragePrecision(cutoff);
        }

        return shown;
    }

    private static RankedDocuments Read(JsonElement relevance, JsonElement scores) => new(
        relevance.EnumerateObject().ToDictionary(document => document.Name, document => document.Value.GetInt32()),
        scores.EnumerateObject().ToDictionary(document => document.Name, document => document.Value.GetDouble()));

    [Metric("trec")]
    private static Dictionary<string, double> Verify(MetricArguments arguments) => Read(arguments["relevance"], arguments["scores"]).Shown();

    [Metric("trec_mean")]
    private static Dictionary<string, double> VerifyMean(MetricArguments arguments)
    {
        JsonElement relevance = arguments["relevance"];
        return arguments["scores"].EnumerateObject().Where(query => relevance.TryGetProperty(query.Name, out _))
            .SelectMany(query => Read(relevance.GetProperty(query.Name), query.Value).Shown())
            .GroupBy(figure => figure.Key).ToDictionary(figure => figure.Key, figure => figure.Average(one => one.Value));
    }
}
