using Attune.Verification;

namespace Attune.Text;

public sealed class TokenizerTrainFixtureTests
{
    public static IEnumerable<TheoryDataRow<string>> All => Fixtures.Names("tokenizer-train", name => !name.EndsWith("unigram", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(All))]
    public void Agrees_with_the_reference(string fixture) => Fixtures.Check(new TokenizerTrainCheck(), fixture);
}
