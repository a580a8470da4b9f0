using Attune.Verification;

namespace Attune.Text;

public sealed class AlignLabelsFixtureTests
{
    public static IEnumerable<TheoryDataRow<string>> All => Fixtures.Names("align-labels");

    [Theory]
    [MemberData(nameof(All))]
    public void Agrees_with_the_reference(string fixture) => Fixtures.Check(new AlignLabelsCheck(), fixture);
}
