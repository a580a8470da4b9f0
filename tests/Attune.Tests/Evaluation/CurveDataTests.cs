namespace Attune.Evaluation;

public sealed class CurveDataTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(399)]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(12_345)]
    public void Long_curves_become_short_and_lose_no_step(int steps)
    {
        var random = new Random(steps);
        (long Step, double Value)[] values = [.. Enumerable.Range(1, steps).Select(step => ((long)step, random.NextDouble()))];
        var curve = CurveData.Thin(values);
        Assert.Equal(Math.Min(400, steps), curve.Count);
        if (steps > 0)
        {
            Assert.Equal(steps, curve[^1].Step);
            Assert.Equal(values.Min(one => one.Value), curve.Min(point => point.Low));
            Assert.Equal(values.Max(one => one.Value), curve.Max(point => point.High));
            double sum = 0;
            long before = 0;
            foreach (var point in curve)
            {
                sum += point.Value * (point.Step - before);
                before = point.Step;
            }

            Assert.Equal(values.Sum(one => one.Value), sum, 1e-8);
        }

        if (steps <= 400)
        {
            Assert.Equal(values.Select(one => new CurvePoint(one.Step, one.Value, one.Value, one.Value)), curve);
        }
    }
}
