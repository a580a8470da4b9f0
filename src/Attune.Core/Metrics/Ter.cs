namespace Attune.Metrics;

/// <summary>
/// Translation edit rate (Snover et al. 2006): words put in, left out and replaced, and runs of words moved, by the words of the references. As
/// sacrebleu and Tercom compute it, with their limits on what is tried.
/// </summary>
/// <param name="Edits">The edits of all rows, each against its nearest reference.</param>
/// <param name="ReferenceLength">The words of all rows, each with the mean over its references.</param>
public readonly record struct Ter(int Edits, double ReferenceLength)
{
    /// <summary>Edits by words, in per cent, from 0, also above 100. Without any word in the references 100 where there are edits, else 0.</summary>
    public double Score
    {
        get
        {
            double without = Edits > 0 ? 100 : 0;
            return ReferenceLength > 0 ? 100.0 * Edits / ReferenceLength : without;
        }
    }

    /// <summary>TER of a whole corpus.</summary>
    /// <param name="predictions">One text a row.</param>
    /// <param name="references">The references of each row, at least one.</param>
    /// <param name="options">The settings; null: sacrebleu's defaults.</param>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths, or a row has no reference.</exception>
    public static Ter Corpus(IReadOnlyList<string> predictions, IReadOnlyList<IReadOnlyList<string>> references, TerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        ArgumentNullException.ThrowIfNull(references);
        Rows.Same(references.Count, predictions.Count);
        options ??= new TerOptions();
        (int edits, double length) = (0, 0);
        for (int row = 0; row < predictions.Count; row++)
        {
            if (references[row].Count == 0)
            {
                throw new ArgumentException($"Row {row} must have at least one reference.", nameof(references));
            }

            List<string> words = TerWords.Split(predictions[row], options);
            List<List<string>> expected = [.. references[row].Select(reference => TerWords.Split(reference, options))];
            edits += expected.Min(reference => new TerAlignment(reference).Edits(words));
            length += expected.Average(reference => reference.Count);
        }

        return new(edits, length);
    }

    /// <summary>TER of one text.</summary>
    /// <exception cref="ArgumentException">There is no reference.</exception>
    public static Ter Sentence(string prediction, IReadOnlyList<string> references, TerOptions? options = null) =>
        Corpus([prediction], [references], options);

    [Metric("ter_corpus")]
    private static object Verify(MetricArguments arguments)
    {
        Ter ter = Corpus(arguments.Texts("predictions"), Bleu.ByRow(arguments.TextRows("references")), Options(arguments));
        return new { ter.Score, NumEdits = ter.Edits, RefLength = ter.ReferenceLength };
    }

    [Metric("ter_sentence")]
    private static double VerifySentence(MetricArguments arguments) =>
        Sentence(arguments.Text("prediction"), arguments.Texts("references"), Options(arguments)).Score;

    private static TerOptions Options(MetricArguments arguments) => new()
    {
        Normalized = arguments.Is("normalized"),
        NoPunctuation = arguments.Is("no_punct"),
        AsianSupport = arguments.Is("asian_support"),
        CaseSensitive = arguments.Is("case_sensitive"),
    };
}
