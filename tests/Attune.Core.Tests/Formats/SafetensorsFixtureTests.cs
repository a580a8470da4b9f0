using Attune.Verification;

namespace Attune.Formats;

public sealed class SafetensorsFixtureTests
{
    public static IEnumerable<TheoryDataRow<string>> All => Fixtures.Names("safetensors");

    [Theory]
    [MemberData(nameof(All))]
    public void Agrees_with_the_reference(string fixture) => Fixtures.Check(new SafetensorsCheck(), fixture);
}
