using Attune.Training.Schedules;
using Attune.Verification;

namespace Attune.Training;

public sealed class ScheduleTests
{
    public static IEnumerable<TheoryDataRow<string>> Fixtures() => Attune.Fixtures.Names("schedule");

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Schedules_give_the_references_rates(string name) => Attune.Fixtures.Check(new ScheduleCheck(), name);

    [Fact]
    public void A_schedule_that_follows_a_metric_takes_up_where_it_was_saved()
    {
        foreach (string name in new[] { "reduce_lr_on_plateau", "greedy" })
        {
            IMetricSchedule Make() => (IMetricSchedule)Schedule.Create(name, new Arguments(
                new Dictionary<string, object?> { ["patience"] = 1, ["cooldown"] = 1, ["factor"] = 0.5 }, name), 0.1);
            double[] metrics = [3, 2, 1, 1, 1, 1, 0.5, 0.4, 0.3, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2];
            IMetricSchedule through = Make(), before = Make();
            foreach (double metric in metrics[..7])
            {
                through.Report(metric);
                before.Report(metric);
            }

            bool moved = false;
            IMetricSchedule after = Make();
            after.Load(before.Save());
            foreach (double metric in metrics[7..])
            {
                through.Report(metric);
                after.Report(metric);
                Assert.Equal(through.At(0), after.At(0));
                moved |= after.At(0) != 0.1;
            }

            Assert.True(moved);
        }
    }

    [Theory]
    [InlineData("cosin", "there is no schedule \"cosin\"")]
    [InlineData("linear", "needs to know the number of steps")]
    [InlineData("cosine_with_min_lr", "min_lr")]
    [InlineData("StepLR", "step_size must be set")]
    public void What_makes_no_sense_is_refused(string name, string problem) =>
        Assert.Contains(problem, Assert.Throws<AttuneException>(() => Schedule.Create(name, null, 0.1)).Message, StringComparison.Ordinal);

    [Fact]
    public void An_argument_that_means_nothing_is_refused() => Assert.Contains("\"num_cycle\" is not known", Assert.Throws<AttuneException>(() =>
        Schedule.Create("cosine", new Arguments(new Dictionary<string, object?> { ["num_cycle"] = 2 }, "train.scheduler"), 0.1, 0, 10)).Message, StringComparison.Ordinal);

    [Fact]
    public void Torchs_own_schedules_refuse_a_warm_up() =>
        Assert.Throws<AttuneException>(() => Schedule.Create("ExponentialLR", new Arguments(new Dictionary<string, object?> { ["gamma"] = 0.9 }, ""), 0.1, 3));
}
