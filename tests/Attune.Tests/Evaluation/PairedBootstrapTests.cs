namespace Attune.Evaluation;

public sealed class PairedBootstrapTests
{
    [Fact]
    public void Means_weigh_rows_by_their_tokens()
    {
        // 10 / 4 and 30 / 16 tokens: (10 + 30) / 20 = 2 before; (6 + 24) / 20 = 1.5 after.
        var found = PairedBootstrap.Compare([new(10, 4), new(30, 16)], [new(6, 4), new(24, 16)], 0);
        Assert.Equal(2, found.Loss.Before);
        Assert.Equal(1.5, found.Loss.After);
        Assert.Equal(-0.5, found.Loss.Difference);
        Assert.Equal(Math.Exp(1.5) - Math.Exp(2), found.Perplexity.Difference, 1e-12);
        Assert.Null(found.Loss.Low);
        Assert.Equal(0, found.Resamplings);
    }

    [Fact]
    public void Two_rows_have_three_outcomes()
    {
        // Drawn twice from {-1 a token, +3 a token}, 1 token each: -1 with probability 1/4, +1 with 1/2, +3 with 1/4.
        var found = PairedBootstrap.Compare([new(5, 1), new(5, 1)], [new(4, 1), new(8, 1)], 4000);
        Assert.Equal(1, found.Loss.Difference);
        Assert.Equal(-1, found.Loss.Low);
        Assert.Equal(3, found.Loss.High);
        Assert.Equal(Verdict.TooFewRows, found.Verdict);
    }

    [Fact]
    public void Five_rows_agree_with_every_possible_draw()
    {
        TokenLoss[] before = [new(31, 10), new(7, 3), new(55, 20), new(12, 4), new(20, 8)], after = [new(28, 10), new(8, 3), new(50, 20), new(11.5, 4), new(20.5, 8)];
        var all = new List<(double Loss, double Perplexity)>();
        for (int draw = 0; draw < 3125; draw++)
        {
            int[] rows = [draw % 5, draw / 5 % 5, draw / 25 % 5, draw / 125 % 5, draw / 625];
            double tokens = rows.Sum(row => before[row].Count), b = rows.Sum(row => before[row].Sum) / tokens, a = rows.Sum(row => after[row].Sum) / tokens;
            all.Add((a - b, Math.Exp(a) - Math.Exp(b)));
        }

        var found = PairedBootstrap.Compare(before, after, 200_000);
        double[] loss = [.. all.Select(one => one.Loss).Order()], perplexity = [.. all.Select(one => one.Perplexity).Order()];
        Assert.InRange(found.Loss.Low!.Value, loss[(int)(3125 * 0.023)], loss[(int)(3125 * 0.027)]);
        Assert.InRange(found.Loss.High!.Value, loss[(int)(3125 * 0.973)], loss[(int)(3125 * 0.977)]);
        Assert.InRange(found.Perplexity.Low!.Value, perplexity[(int)(3125 * 0.023)], perplexity[(int)(3125 * 0.027)]);
        Assert.InRange(found.Perplexity.High!.Value, perplexity[(int)(3125 * 0.973)], perplexity[(int)(3125 * 0.977)]);
    }

    [Fact]
    public void Many_rows_agree_with_the_normal_interval()
    {
        // Equal lengths: the mean of independent differences, whose interval theory knows.
        var random = new Random(1);
        double[] differences = [.. Enumerable.Range(0, 400).Select(_ => (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5 - 0.05) * 10)];
        var found = PairedBootstrap.Compare([.. differences.Select(_ => new TokenLoss(30, 10))], [.. differences.Select(one => new TokenLoss(30 + one, 10))], 4000);
        double mean = differences.Average() / 10, error = Math.Sqrt(differences.Average(one => Math.Pow((one / 10) - mean, 2)) / 400);
        Assert.Equal(mean, found.Loss.Difference, 1e-12);
        Assert.Equal(mean - (1.96 * error), found.Loss.Low!.Value, error * 0.15);
        Assert.Equal(mean + (1.96 * error), found.Loss.High!.Value, error * 0.15);
    }

    [Theory]
    [InlineData(-0.2, 1, Verdict.Better)]
    [InlineData(0.2, 1, Verdict.Worse)]
    [InlineData(0, 1, Verdict.NoClearDifference)]
    public void It_says_no_more_than_the_interval(double shift, double noise, Verdict verdict)
    {
        TokenLoss[] before = [.. Enumerable.Range(0, 60).Select(row => new TokenLoss(30 + (row % 7), 10))];
        TokenLoss[] after = [.. before.Select((row, i) => new TokenLoss(row.Sum + (10 * shift) + (i % 2 == 0 ? noise : -noise), row.Count))];
        var found = PairedBootstrap.Compare(before, after);
        Assert.Equal(verdict, found.Verdict);
        Assert.InRange(found.Loss.Difference, found.Loss.Low!.Value, found.Loss.High!.Value);
        Assert.Equal(60, found.Rows);
        Assert.Equal(Verdict.NotJudged, PairedBootstrap.Compare(before, after, 0).Verdict);
    }

    [Fact]
    public void Equal_models_have_no_difference()
    {
        TokenLoss[] rows = [.. Enumerable.Range(1, 30).Select(row => new TokenLoss(row * 1.7, row))];
        var found = PairedBootstrap.Compare(rows, rows);
        Assert.Equal(new Change(1.7, 1.7, 0, 0), found.Loss with { Before = 1.7, After = 1.7 });
        Assert.Equal(Verdict.NoClearDifference, found.Verdict);
    }

    [Fact]
    public void A_seed_repeats_and_another_differs()
    {
        TokenLoss[] before = [.. Enumerable.Range(1, 50).Select(row => new TokenLoss(row * 2.3 % 17, row))], after = [.. before.Select((row, i) => new TokenLoss(row.Sum + (i * 1.9 % 3) - 1, row.Count))];
        Assert.Equal(PairedBootstrap.Compare(before, after, 500, 7), PairedBootstrap.Compare(before, after, 500, 7));
        Assert.NotEqual(PairedBootstrap.Compare(before, after, 500, 7).Loss.Low, PairedBootstrap.Compare(before, after, 500, 8).Loss.Low);
    }

    [Fact]
    public void Rows_without_tokens_count_for_nothing_and_broken_losses_are_refused()
    {
        TokenLoss[] rows = [new(1, 1), new(0, 0), new(2, 1)];
        Assert.Equal(2, PairedBootstrap.Compare(rows, rows).Rows);
        Assert.Throws<AttuneException>(() => PairedBootstrap.Compare([default], [default]));
        Assert.Contains("row 3", Assert.Throws<AttuneException>(() => PairedBootstrap.Compare(rows, [rows[0], rows[1], new(double.NaN, 1)])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => PairedBootstrap.Compare(rows, [.. rows.Take(2)]));
        Assert.Throws<ArgumentException>(() => PairedBootstrap.Compare(rows, [rows[0], rows[1], new(2, 2)]));
    }

    [Theory]
    [InlineData(0.025, 1.1)]
    [InlineData(0.5, 3)]
    [InlineData(0.975, 4.9)]
    public void Quantiles_are_numpys(double share, double expected) => Assert.Equal(expected, PairedBootstrap.Quantile([1, 2, 3, 4, 5], share), 1e-12);
}
