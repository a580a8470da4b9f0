using Attune.Verification;

namespace Attune.Spans;

public sealed class QaSpansFixtureTests
{
    public static IEnumerable<TheoryDataRow<string>> All => Fixtures.Names("qa-spans");

    [Theory]
    [MemberData(nameof(All))]
    public void Agrees_with_the_reference(string fixture) => Fixtures.Check(new QaSpansCheck(), fixture);
}
