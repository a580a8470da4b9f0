namespace Attune.Evaluation;

public sealed class LabelComparisonTests
{
    [Fact]
    public void The_interval_is_that_of_all_ways_to_draw_the_rows()
    {
        int[] expected = [0, 1, 1, 0, 1], before = [0, 0, 1, 1, 0], after = [0, 1, 1, 0, 0];
        var found = LabelComparison.Of(Said(expected, before), Said(expected, after), resamplings: 20_000, seed: 5);
        double[] all = [.. Enumerable.Range(0, 3125).Select(way => Enumerable.Range(0, 5).Select(i => way / (int)Math.Pow(5, i) % 5).Sum(row =>
            (after[row] == expected[row] ? 0.2 : 0) - (before[row] == expected[row] ? 0.2 : 0))).Order()];
        Assert.Equal((0.4, 0.8), (found.Accuracy.Before, found.Accuracy.After));
        Assert.Equal(all[(int)(3125 * 0.025)], found.Accuracy.Low!.Value, 1e-9);
        Assert.Equal(all[(int)(3125 * 0.975)], found.Accuracy.High!.Value, 1e-9);
        Assert.Equal(Verdict.TooFewRows, found.Verdict);
        Assert.Equal(("1", 0.6, 0.375), (found.Majority, found.MajorityAccuracy, found.MajorityMacroF1));
    }

    [Theory]
    [InlineData(0.5, 0.9, Verdict.Better)]
    [InlineData(0.9, 0.5, Verdict.Worse)]
    [InlineData(0.7, 0.72, Verdict.NoClearDifference)]
    public void The_verdict_is_that_of_the_accuracy(double before, double after, Verdict verdict)
    {
        var random = new Random(2);
        int[] expected = [.. Enumerable.Range(0, 200).Select(_ => random.Next(2))];
        int[] Guess(double share) => [.. expected.Select(label => random.NextDouble() < share ? label : 1 - label)];
        var found = LabelComparison.Of(Said(expected, Guess(before)), Said(expected, Guess(after)));
        Assert.Equal(verdict, found.Verdict);
        Assert.InRange(found.MacroF1.Difference, found.MacroF1.Low!.Value, found.MacroF1.High!.Value);
    }

    [Fact]
    public void Rows_must_be_the_same() =>
        Assert.Throws<ArgumentException>(() => LabelComparison.Of(Said([0, 1], [0, 1]), Said([1, 0], [0, 1])));

    private static RowPredictions Said(int[] expected, int[] predicted) => new()
    {
        Labels = ["0", "1"], Expected = expected, Predicted = predicted, Losses = [.. expected.Zip(predicted, (label, said) => label == said ? 0.2 : 1.6)], Majority = 1,
    };
}
