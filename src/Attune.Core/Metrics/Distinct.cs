namespace Attune.Metrics;

/// <summary>How varied texts are: different n-grams of words by all (Li et al. 2016, distinct-n).</summary>
public static class Distinct
{
    /// <summary>From 0 to 1, over all texts together; 0 where no text has n words.</summary>
    /// <param name="texts">The texts, whose words are split at white space.</param>
    /// <param name="n">How many words make one n-gram, at least 1.</param>
    public static double Of(IEnumerable<string> texts, int n)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        Dictionary<string, int> counts = [];
        foreach (string text in texts)
        {
            NGrams.Add(counts, WhiteSpace.Split(text), n);
        }

        return counts.Count == 0 ? 0 : counts.Count / (double)counts.Values.Sum();
    }

    [Metric("distinct_n")]
    private static double Verify(MetricArguments arguments) => Of(arguments.Texts("texts"), arguments.Integer("n", 1));
}
