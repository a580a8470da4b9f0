using Attune.Verification;

namespace Attune.Spans;

public sealed class NerAggregationFixtureTests
{
    public static IEnumerable<TheoryDataRow<string>> All => Fixtures.Names("ner-aggregation");

    [Theory]
    [MemberData(nameof(All))]
    public void Agrees_with_the_reference(string fixture) => Fixtures.Check(new NerAggregationCheck(), fixture);
}
