using System.Text.RegularExpressions;

namespace Attune.Metrics;

/// <summary>
/// An answer against those expected (Rajpurkar et al. 2016 and 2018): lower case, without ASCII punctuation and the words a, an and the; the best
/// over the references, and a question without reference has none, which is the empty answer.
/// </summary>
/// <param name="ExactMatch">1 where the normalised answers are the same, else 0.</param>
/// <param name="F1">The F1 of their words, from 0 to 1; of an empty one 1 where both are, else 0.</param>
public readonly partial record struct SquadScores(double ExactMatch, double F1)
{
    /// <summary>The scores of one answer.</summary>
    public static SquadScores Of(string prediction, IReadOnlyList<string> references)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(references);
        List<string> words = Normalized(prediction);
        List<List<string>> expected = [.. (references.Count == 0 ? [""] : references).Select(Normalized)];
        return new(expected.Any(words.SequenceEqual) ? 1 : 0, expected.Max(reference => OverlapF1(words, reference)));
    }

    /// <summary>The means over questions, each with its references.</summary>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths.</exception>
    public static SquadScores Mean(IReadOnlyList<string> predictions, IReadOnlyList<IReadOnlyList<string>> references)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        ArgumentNullException.ThrowIfNull(references);
        Rows.Same(references.Count, predictions.Count);
        List<SquadScores> scores = [.. predictions.Zip(references, Of)];
        return new(scores.Average(score => score.ExactMatch), scores.Average(score => score.F1));
    }

    private static double OverlapF1(List<string> words, List<string> expected)
    {
        if (words.Count == 0 || expected.Count == 0)
        {
            return words.Count == expected.Count ? 1 : 0;
        }

        Dictionary<string, int> left = expected.CountBy(word => word).ToDictionary();
        int right = words.CountBy(word => word).Sum(word => Math.Min(word.Value, left.GetValueOrDefault(word.Key)));
        return 2.0 * right / (words.Count + expected.Count);
    }

    private static List<string> Normalized(string text) =>
        WhiteSpace.Split(Articles().Replace(Punctuation().Replace(text.ToLowerInvariant(), ""), " "));

    [GeneratedRegex(@"[!-/:-@\[-`{-~]")]
    private static partial Regex Punctuation();

    [GeneratedRegex(@"\b(a|an|the)\b")]
    private static partial Regex Articles();

    [Metric("squad")]
    private static SquadScores Verify(MetricArguments arguments) => Of(arguments.Text("prediction"), arguments.Texts("references"));
}
