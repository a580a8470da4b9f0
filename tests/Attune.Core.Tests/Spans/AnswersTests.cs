using Attune.Text;

namespace Attune.Spans;

public sealed class AnswersTests
{
    private const string Context = "😀 Ada met Ada";

    // No answer, then the context's four tokens, of which the last two are pieces of one word.
    private static readonly TextRange[] Offsets = [default, new(0, 2), new(3, 6), new(7, 9), new(9, 10)];

    [Fact]
    public void Places_are_in_utf_16_units_so_that_a_substring_is_the_answer()
    {
        SpanAnswer answer = Assert.Single(new AnswerSpans().Answers(Context, [Window([0, 0, 9, 0, 0], [0, 0, 9, 0, 0])]));
        Assert.Equal(("Ada", new TextRange(3, 6)), (answer.Answer, answer.Range));
        AnswerPrediction prediction = new NBestAnswers().Predict(Context, [Window([0, 0, 9, 0, 0], [0, 0, 9, 0, 0])]);
        Assert.Equal(("Ada", new TextRange(3, 6)), (prediction.Text, prediction.Best[0].Range));
    }

    [Theory]
    [InlineData(true, "met")]
    [InlineData(false, "me")]
    public void An_answer_ends_with_a_whole_word_where_it_is_asked_for(bool whole, string answer) =>
        Assert.Equal(answer, Assert.Single(new AnswerSpans { WholeWords = whole }.Answers(Context, [Window([0, 0, 0, 9, 0], [0, 0, 0, 9, 0])])).Answer);

    [Fact]
    public void The_same_answer_at_two_places_is_one_and_their_scores_add_up()
    {
        AnswerWindow window = Window([0, 0, 5, 0, 0], [0, 0, 5, 0, 0]);
        double once = Assert.Single(new AnswerSpans().Answers(Context, [window])).Score;
        Assert.Equal(2 * once, Assert.Single(new AnswerSpans().Answers(Context, [window, window])).Score, 1e-6);
    }

    [Fact]
    public void Of_equal_scores_the_pipeline_takes_the_first_place_and_the_n_best_the_last()
    {
        AnswerWindow window = Window([0, 3, 3, 0, 0], [0, 3, 3, 0, 0]);
        Assert.Equal("😀", Assert.Single(new AnswerSpans { LongestAnswer = 1 }.Answers(Context, [window])).Answer);
        Assert.Equal("Ada", new NBestAnswers { LongestAnswer = 1 }.Predict(Context, [window]).Text);
    }

    [Fact]
    public void Without_a_window_there_is_no_answer()
    {
        Assert.Empty(new AnswerSpans { MayBeEmpty = true }.Answers(Context, []));
        Assert.Equal("empty", new NBestAnswers { MayBeEmpty = true }.Predict(Context, []).Text);
    }

    [Fact]
    public void An_empty_context_has_the_empty_answer()
    {
        var window = new AnswerWindow { StartLogits = [1], EndLogits = [1], Offsets = [default], IsContext = [false], WordIds = [null], Counts = [true] };
        SpanAnswer answer = Assert.Single(new AnswerSpans { MayBeEmpty = true }.Answers("", [window]));
        Assert.Equal(("", 1.0), (answer.Answer, answer.Score));
        Assert.Equal("empty", new NBestAnswers().Predict("", [window]).Text);
    }

    [Fact]
    public void There_is_no_answer_where_none_scores_higher_by_more_than_the_threshold()
    {
        AnswerWindow window = Window([4, 0, 2, 0, 0], [4, 0, 2, 0, 0]);
        AnswerPrediction none = new NBestAnswers { MayBeEmpty = true, NullScoreThreshold = 3.9f }.Predict(Context, [window]);
        Assert.Equal(("", 4f), (none.Text, none.NullScoreDifference));
        Assert.Equal("Ada", new NBestAnswers { MayBeEmpty = true, NullScoreThreshold = 4 }.Predict(Context, [window]).Text);
    }

    [Fact]
    public void A_window_that_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new AnswerSpans().Answers(Context, [Window([0], [0])]));
        Assert.Throws<ArgumentException>(() => new NBestAnswers().Predict("Ada", [Window(new float[5], new float[5])]));
    }

    private static AnswerWindow Window(float[] starts, float[] ends) => new()
    {
        StartLogits = starts,
        EndLogits = ends,
        Offsets = Offsets,
        IsContext = [false, true, true, true, true],
        WordIds = [null, 0, 1, 2, 2],
        Counts = [true, true, true, true, true],
    };
}
