using System.Text.RegularExpressions;

namespace Attune.Metrics;

/// <summary>Which ROUGE.</summary>
public enum RougeKind
{
    /// <summary>Single words.</summary>
    One,

    /// <summary>Runs of two words.</summary>
    Two,

    /// <summary>Runs of three words.</summary>
    Three,

    /// <summary>The longest common subsequence of words.</summary>
    Longest,

    /// <summary>The same line by line: each line of the reference against all lines of the text.</summary>
    LongestByLine,
}

/// <summary>
/// Words, runs and subsequences of them that a summary has in common with a reference (Lin 2004), as rouge-score computes it: lower case, and
/// everything but a to z and digits is a space.
/// </summary>
public static partial class Rouge
{
    /// <summary>Precision (of the prediction), recall (of the reference) and F1, each from 0 to 1; 0 where either has no such run.</summary>
    /// <param name="kind">Which ROUGE.</param>
    /// <param name="prediction">The text.</param>
    /// <param name="reference">What it should say.</param>
    /// <param name="useStemmer">Whether words of more than three letters are brought to their stem (Porter's).</param>
    public static PrecisionRecallF1 Of(RougeKind kind, string prediction, string reference, bool useStemmer = false)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(reference);
        if (kind == RougeKind.LongestByLine)
        {
            return ByLine(Lines(prediction, useStemmer), Lines(reference, useStemmer));
        }

        (List<string> words, List<string> expected) = (Words(prediction, useStemmer), Words(reference, useStemmer));
        if (kind == RougeKind.Longest)
        {
            return Scores(LongestCommon(expected, words).Count, words.Count, expected.Count);
        }

        int length = (int)kind + 1;
        Dictionary<string, int> runs = NGrams.Count(words, length);
        Dictionary<string, int> expectedRuns = NGrams.Count(expected, length);
        return Scores(NGrams.Common(runs, expectedRuns), runs.Values.Sum(), expectedRuns.Values.Sum());
    }

    /// <summary>The figures against the reference whose F1 is best.</summary>
    /// <exception cref="ArgumentException">There is no reference.</exception>
    public static PrecisionRecallF1 Best(RougeKind kind, string prediction, IReadOnlyList<string> references, bool useStemmer = false)
    {
        ArgumentNullException.ThrowIfNull(references);
        return references.Count > 0
            ? references.Select(reference => Of(kind, prediction, reference, useStemmer)).MaxBy(scores => scores.F1)
            : throw new ArgumentException("There must be at least one reference.", nameof(references));
    }

    private static PrecisionRecallF1 ByLine(List<List<string>> lines, List<List<string>> expected)
    {
        Dictionary<string, int> left = lines.SelectMany(line => line).CountBy(word => word).ToDictionary();
        Dictionary<string, int> leftExpected = expected.SelectMany(line => line).CountBy(word => word).ToDictionary();
        int hits = 0;
        foreach (List<string> line in expected)
        {
            foreach (int place in lines.SelectMany(own => LongestCommon(line, own)).Distinct().Order())
            {
                string word = line[place];
                if (left[word] > 0 && leftExpected[word] > 0)
                {
                    hits++;
                    left[word]--;
                    leftExpected[word]--;
                }
            }
        }

        return Scores(hits, lines.Sum(line => line.Count), expected.Sum(line => line.Count));
    }

    /// <summary>The places in the reference of a longest common subsequence, the one that rouge-score finds.</summary>
    private static List<int> LongestCommon(List<string> expected, List<string> words)
    {
        int[,] longest = new int[expected.Count + 1, words.Count + 1];
        for (int i = 1; i <= expected.Count; i++)
        {
            for (int j = 1; j <= words.Count; j++)
            {
                longest[i, j] = expected[i - 1] == words[j - 1] ? longest[i - 1, j - 1] + 1 : Math.Max(longest[i - 1, j], longest[i, j - 1]);
            }
        }

        var places = new List<int>();
        for (int i = expected.Count, j = words.Count; i > 0 && j > 0;)
        {
            if (expected[i - 1] == words[j - 1])
            {
                places.Add(--i);
                j--;
            }
            else if (longest[i, j - 1] > longest[i - 1, j])
            {
                j--;
            }
            else
            {
                i--;
            }
        }

        return places;
    }

    private static PrecisionRecallF1 Scores(int common, int predicted, int expected) => new LabelCounts(common, predicted, expected).Scores();

    private static List<List<string>> Lines(string text, bool useStemmer) => [.. text.Split('\n').Select(line => Words(line, useStemmer))];

    private static List<string> Words(string text, bool useStemmer) =>
        [.. Word().Matches(text.ToLowerInvariant()).Select(word => useStemmer && word.Length > 3 ? PorterStemmer.Stem(word.Value) : word.Value)];

    [GeneratedRegex("[a-z0-9]+")]
    private static partial Regex Word();

    [Metric("rouge")]
    private static Dictionary<string, PrecisionRecallF1> Verify(MetricArguments arguments)
    {
        (string prediction, string reference) = (arguments.Text("prediction"), arguments.Text("reference"));
        bool useStemmer = arguments.Is("use_stemmer");
        return Shown(kind => Of(kind, prediction, reference, useStemmer));
    }

    [Metric("rouge_multi")]
    private static Dictionary<string, PrecisionRecallF1> VerifyBest(MetricArguments arguments)
    {
        (string prediction, string[] references) = (arguments.Text("prediction"), arguments.Texts("references"));
        bool useStemmer = arguments.Is("use_stemmer");
        return Shown(kind => Best(kind, prediction, references, useStemmer));
    }

    private static Dictionary<string, PrecisionRecallF1> Shown(Func<RougeKind, PrecisionRecallF1> scores) => new()
    {
        ["rouge1"] = scores(RougeKind.One),
        ["rouge2"] = scores(RougeKind.Two),
        ["rouge3"] = scores(RougeKind.Three),
        ["rougeL"] = scores(RougeKind.Longest),
        ["rougeLsum"] = scores(RougeKind.LongestByLine),
    };
}
