namespace Attune.Verification;

public sealed class TensorComparisonTests
{
    [Fact]
    public void The_tolerance_grows_with_the_largest_expected_magnitude()
    {
        var comparison = new TensorComparison(new Tolerance(0.5, 0.01));
        comparison.Compare<float>("x", [2, 2], [1.5f, 2, 100, -3], [0, 2, 100, -3]); // 0.5 + 0.01 * 100
        Assert.Equal(FixtureOutcome.Ok, comparison.Result.Outcome);
        comparison.Compare<float>("y", [2, 2], [0, 2, 101.6f, -3], [0, 2, 100, -3]);
        Assert.Equal(FixtureOutcome.Failed, comparison.Result.Outcome);
        Assert.Contains("y[1, 0] is 101.599998, expected 100 (off by 1.6, allowed 1.5)", comparison.Result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_worst_element_of_all_tensors_is_told()
    {
        var comparison = new TensorComparison(new Tolerance(0.1, 0));
        comparison.Compare<double>("a", [2], [1, 2], [1.5, 2]);
        comparison.Compare<double>("b", [2], [1, 2], [1, 9]);
        comparison.Compare<double>("c", [2], [1, 2], [1.2, 2]);
        Assert.StartsWith("b[1] is 2, expected 9", comparison.Result.Message, StringComparison.Ordinal);
        Assert.Equal(3, comparison.Compared);
    }

    [Theory]
    [InlineData(double.NaN, double.NaN, true)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity, true)]
    [InlineData(double.NaN, 1, false)]
    [InlineData(1, double.NaN, false)]
    [InlineData(double.PositiveInfinity, double.NegativeInfinity, false)]
    [InlineData(double.PositiveInfinity, 1, false)]
    [InlineData(1, double.PositiveInfinity, false)]
    public void What_is_not_finite_agrees_with_itself_only(double actual, double expected, bool agrees)
    {
        var comparison = new TensorComparison(new Tolerance(10, 10));
        comparison.Compare<double>("x", [2], [actual, 5], [expected, 5]);
        Assert.Equal(agrees, comparison.Result.Outcome == FixtureOutcome.Ok);
    }

    [Fact]
    public void Masked_elements_do_not_count_but_the_largest_magnitude_is_the_whole_tensors()
    {
        var comparison = new TensorComparison(new Tolerance(0, 0.01));
        comparison.Compare<float>("x", [3], [1.5f, 0, 7], [1, 0, 100], [true, true, false]);
        Assert.Equal(FixtureOutcome.Ok, comparison.Result.Outcome);
    }

    [Fact]
    public void Another_number_of_elements_is_a_failure()
    {
        var comparison = new TensorComparison(default);
        comparison.Compare<float>("x", [2], [1, 2], [1]);
        Assert.Equal(FixtureOutcome.Failed, comparison.Result.Outcome);
    }
}
