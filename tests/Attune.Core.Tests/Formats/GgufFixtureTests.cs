using Attune.Verification;

namespace Attune.Formats;

public sealed class GgufFixtureTests
{
    public static IEnumerable<TheoryDataRow<string>> All => Fixtures.Names("gguf", name => !name.Contains("/type-", StringComparison.Ordinal) || Landed.Contains(name[(name.IndexOf('-') + 1)..]));

    private static readonly string[] Landed = ["f32", "f16", "bf16", "f64", "i8", "i16", "i32", "i64"];

    [Theory]
    [MemberData(nameof(All))]
    public void Agrees_with_the_reference(string fixture) => Fixtures.Check(new GgufCheck(), fixture);
}
