using Attune.Text;

namespace Attune.Spans;

/// <summary>
/// From scores for an answer's first and last token to answers, as the question-answering pipeline of transformers 4 makes them
/// (<c>QuestionAnsweringPipeline.postprocess</c>, <c>select_starts_ends</c>, <c>decode_spans</c>), in float32 as there. Of equal scores the one
/// whose first token comes first counts.
/// </summary>
public sealed record AnswerSpans
{
    /// <summary>The most answers (<c>top_k</c>), at least 1.</summary>
    public int Most { get; init; } = 1;

    /// <summary>The most tokens of an answer (<c>max_answer_len</c>), at least 1.</summary>
    public int LongestAnswer { get; init; } = 15;

    /// <summary>Whether the empty answer is one of them (<c>handle_impossible_answer</c>).</summary>
    public bool MayBeEmpty { get; init; }

    /// <summary>Whether answers begin and end with whole words (<c>align_to_words</c>), as the window has them.</summary>
    public bool WholeWords { get; init; } = true;

    /// <summary>The answers, best first.</summary>
    /// <param name="context">The context.</param>
    /// <param name="windows">The windows over it.</param>
    /// <returns>At most <see cref="Most"/>; fewer where there are not as many. Answers that differ only in case are one.</returns>
    /// <exception cref="ArgumentException">A window's lists are not of one length, or a place is not in the context.</exception>
    public IReadOnlyList<SpanAnswer> Answers(string context, IReadOnlyList<AnswerWindow> windows)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(windows);
        ArgumentOutOfRangeException.ThrowIfLessThan(Most, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(LongestAnswer, 1);
        var answers = new List<SpanAnswer>();
        double empty = 1_000_000;
        foreach (AnswerWindow window in windows)
        {
            window.Check(context);
            float[] starts = Shares(window.StartLogits, window.Counts);
            float[] ends = Shares(window.EndLogits, window.Counts);
            empty = Math.Min(empty, starts[0] * ends[0]);
            (starts[0], ends[0]) = (0, 0);
            foreach (Span span in Best(starts, ends).Where(span => window.Counts[span.First] && window.Counts[span.Last]))
            {
                Add(answers, Answer(context, window, span));
            }
        }

        if (MayBeEmpty && windows.Count > 0)
        {
            answers.Add(new SpanAnswer(empty, default, ""));
        }

        return [.. answers.OrderByDescending(answer => answer.Score).Take(Most)];
    }

    private static void Add(List<SpanAnswer> answers, SpanAnswer answer)
    {
        int same = answers.FindIndex(other => string.Equals(other.Answer, answer.Answer, StringComparison.OrdinalIgnoreCase));
        if (same < 0)
        {
            answers.Add(answer);
            return;
        }

        answers[same] = answers[same] with { Score = answers[same].Score + answer.Score };
    }

    private static float[] Shares(IReadOnlyList<float> logits, IReadOnlyList<bool> counts) =>
        Softmax.Of([.. logits.Zip(counts, (logit, counted) => counted ? logit : -10000f)]);

    // Pairs that are no answer (the last token before the first, or too far behind) have the score 0, and take part as in the reference: where
    // there are few tokens they come among the best.
    private List<Span> Best(float[] starts, float[] ends)
    {
        int wanted = WholeWords ? (2 * Most) + 10 : Most;
        var best = new PriorityQueue<Span, Span>(Comparer<Span>.Create(Worse));
        for (int first = 0; first < starts.Length; first++)
        {
            for (int last = 0; last < ends.Length; last++)
            {
                bool isAnswer = last >= first && last - first < LongestAnswer;
                var span = new Span(first, last, isAnswer ? starts[first] * ends[last] : 0);
                if (best.Count < wanted)
                {
                    best.Enqueue(span, span);
                }
                else if (Worse(best.Peek(), span) < 0)
                {
                    best.EnqueueDequeue(span, span);
                }
            }
        }

        List<Span> ordered = [.. best.UnorderedItems.Select(item => item.Element)];
        ordered.Sort((one, other) => Worse(other, one));
        return ordered;
    }

    // Negative where one is worse than the other: less probable, or as probable and later.
    private static int Worse(Span one, Span other)
    {
        int byScore = one.Score.CompareTo(other.Score);
        int byFirst = byScore != 0 ? byScore : other.First.CompareTo(one.First);
        return byFirst != 0 ? byFirst : other.Last.CompareTo(one.Last);
    }

    private SpanAnswer Answer(string context, AnswerWindow window, Span span)
    {
        (int start, int end) = (window.Offsets[span.First].Start, window.Offsets[span.Last].End);
        if (WholeWords && window.IsContext[span.First] && window.IsContext[span.Last])
        {
            start = window.Offsets[EdgeOfWord(window, span.First, -1)].Start;
            end = window.Offsets[EdgeOfWord(window, span.Last, 1)].End;
        }

        return new SpanAnswer(span.Score, new TextRange(start, end), start < end ? context[start..end] : "");
    }

    // The first (or last) token of a token's word in this window.
    private static int EdgeOfWord(AnswerWindow window, int token, int step)
    {
        int edge = token;
        for (int next = token + step; next >= 0 && next < window.WordIds.Count; next += step)
        {
            if (window.WordIds[token] is null || !window.IsContext[next] || window.WordIds[next] != window.WordIds[token])
            {
                break;
            }

            edge = next;
        }

        return edge;
    }

    private readonly record struct Span(int First, int Last, float Score);
}
