using Attune.Verification;

namespace Attune.Formats;

public sealed class GgufFixtureTests
{
    public static IEnumerable<TheoryDataRow<string>> All => Fixtures.Names("gguf");

    [Theory]
    [MemberData(nameof(All))]
    public void Agrees_with_the_reference(string fixture) => Fixtures.Check(new GgufCheck(), fixture);
}
