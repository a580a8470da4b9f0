using CsCheck;

namespace Attune.Data;

public sealed class BatchPlanTests
{
    [Fact]
    public void Epochs_end_to_end_hold_every_row_as_often_as_there_are_epochs() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[1, 40], Gen.Int[1, 5], Gen.Long).Sample((rows, batch, epochs, seed) =>
        {
            var plan = new BatchPlan(new RowOrder(rows, seed), batch, epochs);
            int[][] steps = Enumerable.Range(0, (int)plan.Steps).Select(step => plan.At(step)).ToArray();
            int[] all = steps.SelectMany(step => step).ToArray();
            bool full = steps[..^1].All(step => step.Length == batch) && steps[^1].Length is > 0;
            bool once = all.Chunk(rows).All(epoch => epoch.Order().SequenceEqual(Enumerable.Range(0, rows)));
            return full && once && all.Length == rows * epochs && plan.TotalRows == all.Length;
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
    public void Steps_may_be_given_instead_of_epochs()
    {
        var plan = BatchPlan.OfSteps(new RowOrder(10, 0), 4, 6);
        Assert.Equal(24, plan.TotalRows);
        Assert.Equal(4, plan.At(5).Length);
        Assert.Equal(2.4, plan.EpochAt(6), 1e-12);
        Assert.Throws<ArgumentOutOfRangeException>(() => plan.At(6));
    }

    [Fact]
    public void Half_an_epoch_has_half_the_rows()
    {
        var plan = new BatchPlan(new RowOrder(10, 0), 2, 0.5);
        Assert.Equal((3, 5), (plan.Steps, plan.TotalRows));
        Assert.Single(plan.At(2));
    }
}
