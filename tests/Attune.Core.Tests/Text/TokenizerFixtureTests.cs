using Attune.Verification;

namespace Attune.Text;

public sealed class TokenizerFixtureTests
{
    // What these need is not there yet.
    private static readonly string[] Later =
    [
        "byt5", "llama-spm", "sentencepiece", "t5-spiece", "tiktoken",
        "xlm-roberta-spm",
    ];

    public static IEnumerable<TheoryDataRow<string>> All =>
        Fixtures.Names("tokenizer", name => !Later.Any(part => name.Contains("/" + part, StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(All))]
    public void Agrees_with_the_reference(string fixture) => Fixtures.Check(new TokenizerCheck(), fixture);
}
