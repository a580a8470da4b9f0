namespace Attune.Metrics;

/// <summary>The settings of chrF, with sacrebleu's defaults; chrF++ is a <see cref="WordOrder"/> of 2.</summary>
public sealed record ChrfOptions
{
    /// <summary>The longest runs of characters, at least 1.</summary>
    public int CharacterOrder { get; init; } = 6;

    /// <summary>The longest runs of words; 0: none.</summary>
    public int WordOrder { get; init; }

    /// <summary>How many times as much recall counts as precision.</summary>
    public double Beta { get; init; } = 2;

    /// <summary>Whether text is made lower case first.</summary>
    public bool Lowercase { get; init; }

    /// <summary>Whether white space is part of runs of characters.</summary>
    public bool WhiteSpace { get; init; }

    /// <summary>Whether the F of each length is averaged, with 1e-16 for what is missing (chrF++.py), rather than precision and recall.</summary>
    public bool EpsilonSmoothing { get; init; }
}

/// <summary>Runs of characters, and of words, that texts have in common with references (Popović 2015 and 2017), as sacrebleu computes it.</summary>
public static class Chrf
{
    private const double Epsilon = 1e-16;

    private readonly record struct Counts(long Predicted, long Expected, long Common);

    /// <summary>chrF of a whole corpus, from 0 to 100.</summary>
    /// <param name="predictions">One text a row.</param>
    /// <param name="references">The references of each row, at least one; the best counts.</param>
    /// <param name="options">The settings; null: sacrebleu's defaults.</param>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths, or a row has no reference.</exception>
    public static double Corpus(IReadOnlyList<string> predictions, IReadOnlyList<IReadOnlyList<string>> references, ChrfOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        ArgumentNullException.ThrowIfNull(references);
        Rows.Same(references.Count, predictions.Count);
        options ??= new ChrfOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.CharacterOrder, 1, nameof(options));
        var sums = new Counts[options.CharacterOrder + options.WordOrder];
        for (int row = 0; row < predictions.Count; row++)
        {
            Counts[] best = Best(predictions[row], references[row], options);
            for (int i = 0; i < sums.Length; i++)
            {
                sums[i] = new(sums[i].Predicted + best[i].Predicted, sums[i].Expected + best[i].Expected, sums[i].Common + best[i].Common);
            }
        }

        return Score(sums, options);
    }

    /// <summary>chrF of one text, from 0 to 100.</summary>
    /// <exception cref="ArgumentException">There is no reference.</exception>
    public static double Sentence(string prediction, IReadOnlyList<string> references, ChrfOptions? options = null) =>
        Corpus([prediction], [references], options);

    private static Counts[] Best(string prediction, IReadOnlyList<string> references, ChrfOptions options)
    {
        if (references.Count == 0)
        {
            throw new ArgumentException("Every row must have at least one reference.", nameof(references));
        }

        List<Dictionary<string, int>> predicted = Runs(prediction, options);
        return references.Select(reference => Runs(reference, options).Zip(predicted, (expected, own) =>
            new Counts(expected.Count > 0 ? own.Values.Sum() : 0, expected.Values.Sum(), NGrams.Common(own, expected))).ToArray())
            .MaxBy(counts => Score(counts, options))!;
    }

    private static List<Dictionary<string, int>> Runs(string text, ChrfOptions options)
    {
        text = options.Lowercase ? text.ToLowerInvariant() : text;
        List<string> characters = options.WhiteSpace ? [.. text.EnumerateRunes().Select(rune => rune.ToString())] : BleuWords.Characters(text);
        List<string> words = options.WordOrder > 0 ? [.. Metrics.WhiteSpace.Split(text).SelectMany(WithoutPunctuation)] : [];
        return
        [
            .. Enumerable.Range(1, options.CharacterOrder).Select(order => NGrams.Count(characters, order)),
            .. Enumerable.Range(1, options.WordOrder).Select(order => NGrams.Count(words, order)),
        ];
    }

    /// <summary>A mark at a word's end, or else at its beginning, stands alone.</summary>
    private static IEnumerable<string> WithoutPunctuation(string word)
    {
        if (word.Length > 1 && char.IsAscii(word[^1]) && (char.IsPunctuation(word[^1]) || char.IsSymbol(word[^1])))
        {
            return [word[..^1], word[^1..]];
        }

        return word.Length > 1 && char.IsAscii(word[0]) && (char.IsPunctuation(word[0]) || char.IsSymbol(word[0])) ? [word[..1], word[1..]] : [word];
    }

    private static double Score(Counts[] counts, ChrfOptions options)
    {
        double square = options.Beta * options.Beta;
        double smoothed = 0;
        double precisions = 0;
        double recalls = 0;
        int lengths = 0;
        foreach (Counts one in counts)
        {
            double precision = one.Predicted > 0 ? one.Common / (double)one.Predicted : Epsilon;
            double recall = one.Expected > 0 ? one.Common / (double)one.Expected : Epsilon;
            double sum = (square * precision) + recall;
            smoothed += sum > 0 ? (1 + square) * precision * recall / sum : Epsilon;
            if (one.Predicted > 0 && one.Expected > 0)
            {
                precisions += precision;
                recalls += recall;
                lengths++;
            }
        }

        if (options.EpsilonSmoothing)
        {
            return 100 * smoothed / counts.Length;
        }

        // Both sums are over the same lengths: their number is divided out once.
        return precisions + recalls == 0 ? 0 : 100 * (1 + square) * precisions * recalls / ((square * precisions) + recalls) / lengths;
    }

    [Metric("chrf_corpus")]
    private static double Verify(MetricArguments arguments) =>
        Corpus(arguments.Texts("predictions"), Bleu.ByRow(arguments.TextRows("references")), Options(arguments));

    [Metric("chrf_sentence")]
    private static double VerifySentence(MetricArguments arguments) =>
        Sentence(arguments.Text("prediction"), arguments.Texts("references"), Options(arguments));

    private static ChrfOptions Options(MetricArguments arguments) => new()
    {
        CharacterOrder = arguments.Integer("char_order", 6),
        WordOrder = arguments.Integer("word_order", 0),
        Beta = arguments.Number("beta", 2),
        Lowercase = arguments.Is("lowercase"),
        WhiteSpace = arguments.Is("whitespace"),
        EpsilonSmoothing = arguments.Is("eps_smoothing"),
    };
}
