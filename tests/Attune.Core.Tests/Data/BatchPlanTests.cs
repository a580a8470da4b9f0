using CsCheck;

namespace Attune.Data;

public sealed class BatchPlanTests
{
    [Fact]
    public void Every_epoch_holds_every_row_once_and_no_batch_holds_a_row_twice() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[1, 400], Gen.Int[1, 5], Gen.Long).Sample((rows, batch, epochs, seed) =>
        {
            var plan = new BatchPlan(new RowOrder(rows, seed), batch, epochs);
            int[][] steps = Enumerable.Range(0, (int)plan.Steps).Select(step => plan.At(step)).ToArray();
            bool once = steps.Chunk((int)plan.StepsPerEpoch).All(epoch => epoch.SelectMany(step => step).Order().SequenceEqual(Enumerable.Range(0, rows)));
            bool full = steps.Where((_, step) => (step + 1) % plan.StepsPerEpoch != 0).All(step => step.Length == batch);
            return once && full && steps.All(step => step.Distinct().Count() == step.Length) && plan.TotalRows == (long)rows * epochs;
        }, iter: 200, threads: 1);

    [Fact]
    public void A_resumed_run_sees_what_the_other_would_have_seen() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[1, 40], Gen.Long, Gen.Double[0, 1]).Sample((rows, batch, seed, share) =>
        {
            var plan = new BatchPlan(new RowOrder(rows, seed), batch, 3);
            int stop = (int)(share * plan.Steps);
            var resumed = new BatchPlan(new RowOrder(rows, seed), batch, 3);
            return Enumerable.Range(stop, (int)plan.Steps - stop).Reverse().All(step => resumed.At(step).SequenceEqual(plan.At(step)));
        }, iter: 200, threads: 1);

    [Fact]
    public void Fewer_rows_than_a_batch_are_one_update_an_epoch()
    {
        var plan = new BatchPlan(new RowOrder(12, 0), 64, 3);
        Assert.Equal(3, plan.Steps);
        Assert.All(Enumerable.Range(0, 3), step => Assert.Equal(Enumerable.Range(0, 12), plan.At(step).Order()));
        Assert.NotEqual(plan.At(0), plan.At(1));
        Assert.Equal(2, plan.EpochAt(2));
    }

    [Fact]
    public void Steps_may_be_given_instead_of_epochs()
    {
        var plan = BatchPlan.OfSteps(new RowOrder(10, 0), 4, 8);
        Assert.Equal([4, 4, 2, 4, 4, 2, 4, 4], Enumerable.Range(0, 8).Select(step => plan.At(step).Length));
        Assert.Equal(28, plan.TotalRows);
        Assert.Equal(2.8, plan.EpochAt(8), 1e-12);
        Assert.Throws<ArgumentOutOfRangeException>(() => plan.At(8));
    }

    /// <summary>As transformers counts: max_steps = ceil(num_train_epochs * steps of an epoch).</summary>
    [Theory]
    [InlineData(10, 2, 0.5, 3)]
    [InlineData(10, 3, 1.5, 6)]
    [InlineData(300, 10, 0.1, 3)]
    [InlineData(7, 100, 0.2, 1)]
    [InlineData(13, 4, 3, 12)]
    public void A_fraction_of_an_epoch_is_that_fraction_of_its_steps(int rows, int batch, double epochs, int steps) =>
        Assert.Equal(steps, new BatchPlan(new RowOrder(rows, 0), batch, epochs).Steps);
}
