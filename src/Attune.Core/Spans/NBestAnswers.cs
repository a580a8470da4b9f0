using Attune.Text;

namespace Attune.Spans;

/// <summary>
/// From scores for an answer's first and last token to the answer, as transformers' run_qa.py makes it for SQuAD
/// (<c>postprocess_qa_predictions</c>). Of equal scores at two places the later counts.
/// </summary>
public sealed record NBestAnswers
{
    /// <summary>How many first and last tokens are tried in each window, and the most answers that are kept (<c>n_best_size</c>), at least 1.</summary>
    public int Size { get; init; } = 20;

    /// <summary>The most tokens of an answer (<c>max_answer_length</c>), at least 1.</summary>
    public int LongestAnswer { get; init; } = 30;

    /// <summary>Whether a question may have no answer (<c>version_2_with_negative</c>).</summary>
    public bool MayBeEmpty { get; init; }

    /// <summary>There is no answer where the score of none exceeds that of the best by more than this (<c>null_score_diff_threshold</c>).</summary>
    public float NullScoreThreshold { get; init; }

    /// <summary>The answer.</summary>
    /// <param name="context">The context.</param>
    /// <param name="windows">The windows over it.</param>
    /// <exception cref="ArgumentException">A window's lists are not of one length, or a place is not in the context.</exception>
    public AnswerPrediction Predict(string context, IReadOnlyList<AnswerWindow> windows)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(windows);
        ArgumentOutOfRangeException.ThrowIfLessThan(Size, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(LongestAnswer, 1);
        foreach (AnswerWindow window in windows)
        {
            window.Check(context);
        }

        Candidate? none = MayBeEmpty ? windows.Select(window => new Candidate(default, window.StartLogits[0], window.EndLogits[0])).MinBy(one => one.Score) : null;
        List<RankedAnswer> best = Ranked(context, Kept(windows, none));
        if (none is null)
        {
            return new AnswerPrediction(best[0].Text, best, null);
        }

        // Where all there is are tokens without text, there is no answer.
        if (best.Find(answer => answer.Text.Length > 0) is not { } answer)
        {
            return new AnswerPrediction("", best, 0);
        }

        float difference = none.Score - answer.StartLogit - answer.EndLogit;
        return new AnswerPrediction(difference > NullScoreThreshold ? "" : answer.Text, best, difference);
    }

    // The best of all windows; that of no answer is always among them, where there may be none.
    private List<Candidate> Kept(IReadOnlyList<AnswerWindow> windows, Candidate? none)
    {
        IEnumerable<Candidate> all = windows.SelectMany(Candidates);
        List<Candidate> kept = [.. (none is null ? all : all.Append(none)).OrderByDescending(one => one.Score).Take(Size)];
        if (none is not null && !kept.Exists(one => one.Range == default))
        {
            kept.Add(none);
        }

        return kept;
    }

    private IEnumerable<Candidate> Candidates(AnswerWindow window) =>
        from first in Best(window.StartLogits)
        from last in Best(window.EndLogits)
        where window.IsContext[first] && window.IsContext[last] && last >= first && last - first < LongestAnswer
        select new Candidate(new TextRange(window.Offsets[first].Start, window.Offsets[last].End), window.StartLogits[first], window.EndLogits[last]);

    private int[] Best(IReadOnlyList<float> logits) =>
        [.. Enumerable.Range(0, logits.Count).OrderByDescending(place => logits[place]).ThenByDescending(place => place).Take(Size)];

    private static List<RankedAnswer> Ranked(string context, List<Candidate> kept)
    {
        List<RankedAnswer> ranked = kept.ConvertAll(one => new RankedAnswer(context[one.Range.Start..one.Range.End], one.Range, one.Start, one.End, 0));

        // As the reference has it: an answer that says so, where there is none.
        if (ranked.Count == 0 || (ranked.Count == 1 && ranked[0].Text.Length == 0))
        {
            ranked.Insert(0, new RankedAnswer("empty", default, 0, 0, 0));
        }

        float[] shares = Softmax.Of([.. ranked.Select(answer => answer.StartLogit + answer.EndLogit)]);
        return [.. ranked.Zip(shares, (answer, share) => answer with { Probability = share })];
    }

    private sealed record Candidate(TextRange Range, float Start, float End)
    {
        public float Score => Start + End;
    }
}
