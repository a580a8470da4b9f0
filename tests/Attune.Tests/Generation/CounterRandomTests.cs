namespace Attune.Generation;

public sealed class CounterRandomTests
{
    // The known answers of the authors' Random123 library.
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Philox_gives_the_known_answers(uint a, uint b, uint c, uint d, uint k, uint l, uint first, uint second, uint third, uint fourth) =>
        Assert.Equal((first, second, third, fourth), CounterRandom.Philox((a, b, c, d), (k, l)));

    [Fact]
    public void Numbers_are_uniform_from_0_to_below_1()
    {
        int[] counts = new int[10];
        for (ulong i = 0; i < 10_000; i++)
        {
            counts[(int)(10 * CounterRandom.Uniform(5, 1, i))]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 880, 1120));
    }
}
