using System.Text.RegularExpressions;

namespace Attune.Metrics;

/// <summary>Edits from references to what was heard, by words (WER) or by characters (CER), as jiwer counts them.</summary>
/// <param name="Hits">What is right.</param>
/// <param name="Substitutions">What was replaced.</param>
/// <param name="Insertions">What was added.</param>
/// <param name="Deletions">What was left out.</param>
public readonly partial record struct WordError(int Hits, int Substitutions, int Insertions, int Deletions)
{
    /// <summary>Edits by the reference's length, from 0, may be above 1; NaN where both are empty, infinite where only the reference is.</summary>
    public double Rate => Edits / (double)(Hits + Substitutions + Deletions);

    /// <summary>Edits by edits and hits together (match error rate), from 0 to 1.</summary>
    public double MatchErrorRate => Edits / (double)(Edits + Hits);

    /// <summary>The share of the reference that is right times that of the prediction (word information preserved), from 0 to 1.</summary>
    public double InformationPreserved =>
        Hits == 0 ? 0 : (double)Hits / (Hits + Substitutions + Deletions) * Hits / (Hits + Substitutions + Insertions);

    /// <summary>1 less <see cref="InformationPreserved"/>.</summary>
    public double InformationLost => 1 - InformationPreserved;

    private int Edits => Substitutions + Insertions + Deletions;

    /// <summary>By words, split at spaces.</summary>
    public static WordError OfWords(string prediction, string reference) => Count(Words(reference), Words(prediction));

    /// <summary>By characters, without space at either end.</summary>
    public static WordError OfCharacters(string prediction, string reference) => Count(Characters(reference), Characters(prediction));

    /// <summary>The sums over rows.</summary>
    /// <param name="predictions">One text a row.</param>
    /// <param name="references">What each should be.</param>
    /// <param name="ofRow"><see cref="OfWords"/> or <see cref="OfCharacters"/>.</param>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths.</exception>
    public static WordError Corpus(IReadOnlyList<string> predictions, IReadOnlyList<string> references, Func<string, string, WordError> ofRow)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        ArgumentNullException.ThrowIfNull(references);
        Rows.Same(references.Count, predictions.Count);
        return predictions.Zip(references, ofRow).Aggregate((left, right) => new(
            left.Hits + right.Hits, left.Substitutions + right.Substitutions, left.Insertions + right.Insertions, left.Deletions + right.Deletions));
    }

    /// <summary>
    /// Of several alignments with the least edits the one that rapidfuzz finds: equal ends first, then from the end, a deletion before an insertion
    /// before a substitution.
    /// </summary>
    private static WordError Count(List<string> reference, List<string> prediction)
    {
        int start = 0;
        while (start < Math.Min(reference.Count, prediction.Count) && reference[start] == prediction[start])
        {
            start++;
        }

        int end = 0;
        while (end < Math.Min(reference.Count, prediction.Count) - start && reference[^(end + 1)] == prediction[^(end + 1)])
        {
            end++;
        }

        (int i, int j) = (reference.Count - start - end, prediction.Count - start - end);
        int[,] distance = new int[i + 1, j + 1];
        for (int r = 0; r <= i; r++)
        {
            for (int p = 0; p <= j; p++)
            {
                int same = r > 0 && p > 0 && reference[start + r - 1] == prediction[start + p - 1] ? 0 : 1;
                distance[r, p] = r == 0 || p == 0
                    ? r + p
                    : Math.Min(distance[r - 1, p - 1] + same, Math.Min(distance[r - 1, p], distance[r, p - 1]) + 1);
            }
        }

        int hits = start + end;
        int substitutions = 0;
        int insertions = 0;
        int deletions = 0;
        while (i > 0 && j > 0)
        {
            if (distance[i, j] == distance[i - 1, j] + 1)
            {
                deletions++;
                i--;
                continue;
            }

            j--;
            if (j > 0 && distance[i, j] == distance[i - 1, j] - 1)
            {
                insertions++;
                continue;
            }

            i--;
            bool isHit = reference[start + i] == prediction[start + j];
            hits += isHit ? 1 : 0;
            substitutions += isHit ? 0 : 1;
        }

        return new(hits, substitutions, insertions + j, deletions + i);
    }

    private static List<string> Words(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. Spaces().Replace(text, " ").Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries)];
    }

    private static List<string> Characters(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. text.Trim().EnumerateRunes().Select(rune => rune.ToString())];
    }

    [GeneratedRegex(@"\s\s+")]
    private static partial Regex Spaces();

    [Metric("wer")]
    private static object Verify(MetricArguments arguments)
    {
        WordError error = OfWords(arguments.Text("prediction"), arguments.Text("reference"));
        return new
        {
            Wer = error.Rate,
            Mer = error.MatchErrorRate,
            Wil = error.InformationLost,
            Wip = error.InformationPreserved,
            error.Hits,
            error.Substitutions,
            error.Insertions,
            error.Deletions,
        };
    }

    [Metric("cer")]
    private static object VerifyCharacters(MetricArguments arguments)
    {
        WordError error = OfCharacters(arguments.Text("prediction"), arguments.Text("reference"));
        return new { Cer = error.Rate, error.Hits, error.Substitutions, error.Insertions, error.Deletions };
    }

    [Metric("wer_corpus")]
    private static double VerifyCorpus(MetricArguments arguments) =>
        Corpus(arguments.Texts("predictions"), arguments.Texts("references"), OfWords).Rate;

    [Metric("cer_corpus")]
    private static double VerifyCharactersCorpus(MetricArguments arguments) =>
        Corpus(arguments.Texts("predictions"), arguments.Texts("references"), OfCharacters).Rate;
}
