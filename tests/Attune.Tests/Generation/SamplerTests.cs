namespace Attune.Generation;

public sealed class SamplerTests
{
    [Fact]
    public void Tokens_are_drawn_as_often_as_they_are_likely()
    {
        float[] scores = [MathF.Log(0.5f), float.NegativeInfinity, MathF.Log(0.3f), MathF.Log(0.2f)];
        var sampler = new Sampler(sampled: true, seed: 3, stream: 0);
        int[] counts = new int[4];
        for (int step = 0; step < 20_000; step++)
        {
            counts[sampler.Next(scores, step)]++;
        }

        Assert.Equal(0, counts[1]);
        Assert.InRange(counts[0], 9_700, 10_300);
        Assert.InRange(counts[2], 5_750, 6_250);
        Assert.InRange(counts[3], 3_750, 4_250);
    }

    [Fact]
    public void Without_drawing_the_first_of_the_largest_is_taken() => Assert.Equal(1, new Sampler(sampled: false, seed: 0, stream: 0).Next([0, 2, 2, 1], 0));

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Scores_that_are_no_numbers_are_an_error(float value)
    {
        foreach (bool sampled in new[] { false, true })
        {
            Assert.Throws<AttuneException>(() => new Sampler(sampled, 0, 0).Next([value, value], 0));
        }
    }
}
