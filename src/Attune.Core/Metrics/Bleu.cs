namespace Attune.Metrics;

/// <summary>Runs of words that a translation has in common with its references (Papineni et al. 2002), as sacrebleu computes it.</summary>
public sealed class Bleu
{
    private readonly BleuOptions options;
    private readonly double[] counts;
    private readonly double[] totals;

    private Bleu(BleuOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxOrder, 1, nameof(options));
        this.options = options;
        counts = new double[options.MaxOrder];
        totals = new double[options.MaxOrder];
        Precisions = new double[options.MaxOrder];
    }

    /// <summary>BLEU, from 0 to 100.</summary>
    public double Score { get; private set; }

    /// <summary>The precisions of runs of 1, 2, … words after smoothing, from 0 to 100.</summary>
    public IReadOnlyList<double> Precisions { get; private set; }

    /// <summary>What the score is multiplied by where predictions are shorter than references, from 0 to 1.</summary>
    public double BrevityPenalty { get; private set; } = 1;

    /// <summary>The words of all predictions.</summary>
    public int PredictedLength { get; private set; }

    /// <summary>The words of the references that are nearest in length.</summary>
    public int ReferenceLength { get; private set; }

    /// <summary>How many runs of 1, 2, … words are right.</summary>
    public IReadOnlyList<double> Counts => counts;

    /// <summary>How many runs of 1, 2, … words the predictions have.</summary>
    public IReadOnlyList<double> Totals => totals;

    /// <summary>BLEU of a whole corpus.</summary>
    /// <param name="predictions">One text a row.</param>
    /// <param name="references">The references of each row, at least one.</param>
    /// <param name="options">The settings; null: sacrebleu's defaults.</param>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths, or a row has no reference.</exception>
    public static Bleu Corpus(IReadOnlyList<string> predictions, IReadOnlyList<IReadOnlyList<string>> references, BleuOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        ArgumentNullException.ThrowIfNull(references);
        Rows.Same(references.Count, predictions.Count);
        var bleu = new Bleu(options ?? new BleuOptions());
        for (int row = 0; row < predictions.Count; row++)
        {
            bleu.Add(predictions[row], references[row]);
        }

        bleu.Finish();
        return bleu;
    }

    /// <summary>BLEU of one text.</summary>
    /// <param name="prediction">The text.</param>
    /// <param name="references">Its references, at least one.</param>
    /// <param name="options">The settings; null: sacrebleu's defaults for a sentence, which count only lengths that the text has.</param>
    /// <exception cref="ArgumentException">There is no reference.</exception>
    public static Bleu Sentence(string prediction, IReadOnlyList<string> references, BleuOptions? options = null) =>
        Corpus([prediction], [references], options ?? new BleuOptions { EffectiveOrder = true });

    /// <summary>How much texts are like each other: the mean BLEU of each against all others (Zhu et al. 2018), from 0 to 100.</summary>
    /// <exception cref="ArgumentException">There are fewer than two texts.</exception>
    public static double SelfBleu(IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return texts.Count >= 2
            ? Enumerable.Range(0, texts.Count).Average(own => Sentence(texts[own], [.. texts.Where((_, other) => other != own)]).Score)
            : throw new ArgumentException("There must be at least two texts.", nameof(texts));
    }

    /// <summary>From one list a reference, as sacrebleu takes them, to one list a row.</summary>
    internal static string[][] ByRow(string[][] streams) =>
        [.. Enumerable.Range(0, streams[0].Length).Select(row => streams.Select(stream => stream[row]).ToArray())];

    private void Add(string prediction, IReadOnlyList<string> references)
    {
        if (references.Count == 0)
        {
            throw new ArgumentException("Every row must have at least one reference.", nameof(references));
        }

        List<string> words = BleuWords.Split(prediction, options.Tokenizer, options.Lowercase);
        List<List<string>> expected = [.. references.Select(reference => BleuWords.Split(reference, options.Tokenizer, options.Lowercase))];
        PredictedLength += words.Count;
        ReferenceLength += expected.Select(reference => reference.Count)
            .OrderBy(length => Math.Abs(length - words.Count)).ThenBy(length => length).First();
        for (int order = 1; order <= options.MaxOrder; order++)
        {
            Dictionary<string, int> most = [];
            foreach ((string run, int count) in expected.SelectMany(reference => NGrams.Count(reference, order)))
            {
                most[run] = Math.Max(most.GetValueOrDefault(run), count);
            }

            counts[order - 1] += NGrams.Common(NGrams.Count(words, order), most);
            totals[order - 1] += Math.Max(0, words.Count - order + 1);
        }
    }

    private void Finish()
    {
        if (PredictedLength < ReferenceLength)
        {
            BrevityPenalty = PredictedLength == 0 ? 0 : Math.Exp(1 - (ReferenceLength / (double)PredictedLength));
        }

        if (counts.All(count => count == 0))
        {
            return;
        }

        double[] precisions = new double[options.MaxOrder];
        (double halves, int lengths) = (1, options.MaxOrder);
        for (int i = 0; i < precisions.Length; i++)
        {
            if (options.Smoothing == BleuSmoothing.AddK && i > 0)
            {
                counts[i] += options.SmoothingValue ?? 1;
                totals[i] += options.SmoothingValue ?? 1;
            }

            if (totals[i] == 0)
            {
                break;
            }

            lengths = options.EffectiveOrder ? i + 1 : lengths;
            halves *= counts[i] == 0 ? 2 : 1;
            precisions[i] = 100 * (counts[i] == 0 ? Smoothed(halves) : counts[i]) / totals[i];
        }

        Precisions = precisions;

        // sacrebleu takes -9999999999 for the logarithm of 0: the score is then 0 as well.
        Score = BrevityPenalty * Math.Exp(precisions.Take(lengths).Sum(Math.Log) / lengths);
    }

    private double Smoothed(double halves) => options.Smoothing switch
    {
        BleuSmoothing.Exp => 1 / halves,
        BleuSmoothing.Floor => options.SmoothingValue ?? 0.1,
        _ => 0,
    };

    [Metric("bleu_corpus")]
    private static object Verify(MetricArguments arguments)
    {
        Bleu bleu = Corpus(arguments.Texts("predictions"), ByRow(arguments.TextRows("references")), Options(arguments));
        return new
        {
            bleu.Score,
            bleu.Precisions,
            Bp = bleu.BrevityPenalty,
            SysLen = bleu.PredictedLength,
            RefLen = bleu.ReferenceLength,
            bleu.Counts,
            bleu.Totals,
        };
    }

    [Metric("bleu_sentence")]
    private static double VerifySentence(MetricArguments arguments) =>
        Sentence(arguments.Text("prediction"), arguments.Texts("references"), Options(arguments)).Score;

    [Metric("self_bleu")]
    private static double VerifySelf(MetricArguments arguments) => SelfBleu(arguments.Texts("texts"));

    private static BleuOptions Options(MetricArguments arguments) => new()
    {
        Tokenizer = arguments.Text("tokenize", "13a") switch
        {
            "13a" => BleuTokenizer.Mteval13a,
            "intl" => BleuTokenizer.International,
            "char" => BleuTokenizer.Character,
            "zh" => BleuTokenizer.Chinese,
            "none" => BleuTokenizer.None,
            var other => throw new ArgumentException($"There is no tokenizer {other}.", nameof(arguments)),
        },
        Lowercase = arguments.Is("lowercase"),
        Smoothing = arguments.Choice("smooth_method", BleuSmoothing.Exp),
        SmoothingValue = arguments.Has("smooth_value") ? arguments.Number("smooth_value") : null,
        MaxOrder = arguments.Integer("max_ngram_order", 4),
        EffectiveOrder = arguments.Is("effective_order"),
    };
}
