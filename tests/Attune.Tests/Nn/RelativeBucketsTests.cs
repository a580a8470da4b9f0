using Attune.Verification;

namespace Attune.Nn;

public sealed class RelativeBucketsTests
{
    public static IEnumerable<TheoryDataRow<string>> All => Fixtures.Names("relative-buckets");

    [Theory]
    [MemberData(nameof(All))]
    public void Agrees_with_the_reference(string fixture) => Fixtures.Check(new RelativeBucketsCheck(), fixture);

    [Fact]
    public void A_decoder_sees_nothing_that_comes_later() => Assert.Equal(0, RelativeBuckets.T5(7, isBidirectional: false, buckets: 32, farthest: 128));

    [Theory]
    [InlineData(int.MinValue, 15)]
    [InlineData(int.MaxValue, 31)]
    public void What_is_far_away_shares_the_last_bucket(int relative, int bucket) => Assert.Equal(bucket, RelativeBuckets.Mpnet(relative));

    [Fact]
    public void Without_buckets_every_distance_is_its_own() => Assert.Equal(-300, RelativeBuckets.DebertaV2(-300, size: 0, longest: 512));
}
