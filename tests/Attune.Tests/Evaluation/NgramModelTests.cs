using Attune.Text;

namespace Attune.Evaluation;

public sealed class NgramModelTests
{
    private const int Vocabulary = 7;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Likelihoods_add_up_to_one_after_every_context(int order)
    {
        var model = NgramModel.Count(Rows(40), order, Vocabulary);
        foreach (var row in Rows(5, seed: 9))
        {
            for (int place = 1; place < row.Ids.Length; place++)
            {
                Assert.Equal(1, Enumerable.Range(0, Vocabulary).Sum(id => model.Probability(row, place, id)), 1e-12);
            }
        }
    }

    [Fact]
    public void A_unigram_is_the_discounted_count_and_a_share_of_the_rest()
    {
        // 1 three times, 2 twice, 3 once; two tokens are never seen. No count four times: each discount but the first two is a half.
        var model = NgramModel.Count([Row(0, 1, 1, 1, 2, 2, 3)], 1, 6);
        double y = 1.0 / (1 + 2), one = 1 - (2 * y * 1 / 1), two = 2 - (3 * y * 1 / 1), more = 0.5;
        double spared = (one + two + more) / 6;
        Assert.Equal(((3 - more) / 6) + (spared / 6), model.Probability(Row(0, 0), 1, 1), 1e-12);
        Assert.Equal(((1 - one) / 6) + (spared / 6), model.Probability(Row(0, 0), 1, 3), 1e-12);
        Assert.Equal(spared / 6, model.Probability(Row(0, 0), 1, 5), 1e-12);
    }

    [Fact]
    public void A_shorter_context_counts_in_how_many_longer_ones_a_token_was_seen()
    {
        // 2 follows only 1, often; 3 follows 1, 4 and 5. After a context that was never seen, 3 is the likelier one.
        var model = NgramModel.Count([Row(1, 2, 1, 2, 1, 2, 1, 2, 1, 3, 4, 3, 5, 3)], 2, Vocabulary);
        Assert.True(model.Probability(Row(6, 0), 1, 3) > model.Probability(Row(6, 0), 1, 2));
        Assert.True(model.Probability(Row(1, 0), 1, 2) > model.Probability(Row(1, 0), 1, 3));
    }

    [Fact]
    public void More_context_helps_where_there_is_something_to_learn_and_untrained_tokens_do_not_count()
    {
        // A walk over numbers in which two tokens decide the next.
        TokenRow[] train = [.. Enumerable.Range(0, 60).Select(i => Fibonacci(i, 30))], held = [.. Enumerable.Range(60, 10).Select(i => Fibonacci(i, 30))];
        double[] losses = [.. new[] { 1, 2, 3 }.Select(order => NgramModel.Count(train, order, Vocabulary).OfRows(held).Aggregate(default(TokenLoss), (sum, row) => sum + row).Mean)];
        Assert.True(losses[2] < 0.2 && losses[2] < losses[1] / 2 && losses[1] < losses[0] + 0.05, string.Join(" ", losses));
        var masked = new TokenRow([1, 2, 3], [true, false, true]);
        Assert.Equal(1, NgramModel.Count(train, 3, Vocabulary).OfRows([masked])[0].Count);
    }

    private static TokenRow Fibonacci(int seed, int length)
    {
        int[] ids = new int[length];
        (ids[0], ids[1]) = (seed % Vocabulary, ((seed / Vocabulary) + 1) % Vocabulary);
        for (int i = 2; i < length; i++)
        {
            ids[i] = (ids[i - 1] + ids[i - 2]) % Vocabulary;
        }

        return Row(ids);
    }

    private static List<TokenRow> Rows(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Row([.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => Math.Min(random.Next(Vocabulary), random.Next(Vocabulary)))]))];
    }

    private static TokenRow Row(params int[] ids) => new(ids, [.. ids.Select(_ => true)]);
}
