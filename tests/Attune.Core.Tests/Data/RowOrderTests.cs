using CsCheck;

namespace Attune.Data;

public sealed class RowOrderTests
{
    [Fact]
    public void Every_row_comes_once_an_epoch() =>
        Gen.Select(Gen.OneOf(Gen.Int[1, 40], Gen.Int[41, 3_000]), Gen.Long, Gen.Long[0, 1_000_000]).Sample((rows, seed, epoch) =>
        {
            var order = new RowOrder(rows, seed);
            return Enumerable.Range(0, rows).Select(position => order.At(epoch, position)).Order().SequenceEqual(Enumerable.Range(0, rows).Select(row => (long)row));
        }, iter: 200, threads: 1);

    [Fact]
    public void Large_sets_are_permuted_too()
    {
        var order = new RowOrder(1L << 40, 7);
        long[] rows = Enumerable.Range(0, 10_000).Select(position => order.At(3, position)).ToArray();
        Assert.Equal(rows.Length, rows.Distinct().Count());
        Assert.All(rows, row => Assert.InRange(row, 0, (1L << 40) - 1));
    }

    [Fact]
    public void Seeds_and_epochs_give_other_orders()
    {
        long[] Order(long seed, long epoch) => Enumerable.Range(0, 100).Select(position => new RowOrder(100, seed).At(epoch, position)).ToArray();
        Assert.NotEqual(Order(0, 0), Order(1, 0));
        Assert.NotEqual(Order(0, 0), Order(0, 1));
        Assert.NotEqual(Order(0, 1), Order(1, 0));
        Assert.Equal(Order(5, 9), Order(5, 9));
    }

    [Fact]
    public void The_order_is_as_good_as_drawn_by_chance()
    {
        // Where row 0 of 16 goes, over 16,000 epochs: each place about 1,000 times (standard deviation 31).
        var order = new RowOrder(16, 0);
        int[] hits = new int[16];
        for (long epoch = 0; epoch < 16_000; epoch++)
        {
            hits[order.At(epoch, 0)]++;
        }

        Assert.All(hits, count => Assert.InRange(count, 850, 1_150));
    }
}
