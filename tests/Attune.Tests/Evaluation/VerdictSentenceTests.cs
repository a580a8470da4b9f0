namespace Attune.Evaluation;

public sealed class VerdictSentenceTests
{
    [Theory]
    [InlineData(Verdict.Better, Verdict.NoClearDifference, "Better on 100 held-out rows: perplexity went from 25.43 to 18.81, 26 % lower, which is more than chance. On general text there is no clear difference.")]
    [InlineData(Verdict.Better, Verdict.Worse, "Better on 100 held-out rows: perplexity went from 25.43 to 18.81, 26 % lower, which is more than chance. On general text it got worse, by 2 %: something was forgotten.")]
    [InlineData(Verdict.Worse, Verdict.Better, "Worse on 100 held-out rows: perplexity went from 25.43 to 31.79, 25 % higher, which is more than chance. On general text it did not get worse.")]
    [InlineData(Verdict.NoClearDifference, null, "No clear difference on 100 held-out rows: perplexity went from 25.43 to 25.11, and the 95 % interval of the change includes zero. What was forgotten was not measured.")]
    [InlineData(Verdict.TooFewRows, null, "Perplexity went from 25.43 to 18.81 on 100 held-out rows, too few to say whether the model is better. What was forgotten was not measured.")]
    [InlineData(Verdict.NotJudged, Verdict.NotJudged, "Perplexity went from 25.43 to 18.81 on 100 held-out rows; no interval was computed, so chance is not ruled out. On general text perplexity is 2 % higher; whether that is more than chance was not judged.")]
    [InlineData(null, null, "No rows were held out, so nothing can be said about whether the model is better. What was forgotten was not measured.")]
    public void It_claims_what_was_measured(Verdict? heldOut, Verdict? general, string sentence)
    {
        var report = ExampleReport.Make() with
        {
            HeldOut = heldOut is Verdict one ? new Comparison { Verdict = one, Loss = new(3.236, 2.934), Perplexity = Perplexity(one), Rows = 100, Resamplings = 1000 } : null,
            General = general is Verdict other ? new Comparison { Verdict = other, Loss = new(3.344, 3.364), Perplexity = new(28.33, 28.9, -0.5, 1.5), Rows = 27, Resamplings = 1000 } : null,
        };
        Assert.Equal(sentence, VerdictSentence.Of(report));
    }

    private static Change Perplexity(Verdict verdict) => verdict switch
    {
        Verdict.Worse => new(25.43, 31.79, 5, 8),
        Verdict.NoClearDifference => new(25.43, 25.11, -1.1, 0.47),
        _ => new(25.43, 18.81, -8, -5),
    };
}
