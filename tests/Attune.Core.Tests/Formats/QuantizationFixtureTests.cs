using Attune.Verification;

namespace Attune.Formats;

public sealed class QuantizationFixtureTests
{
    public static IEnumerable<TheoryDataRow<string>> All => Fixtures.Names("quantization");

    [Theory]
    [MemberData(nameof(All))]
    public void Agrees_with_the_reference(string fixture) => Fixtures.Check(new QuantizationCheck(), fixture);
}
