using Attune.Verification;

namespace Attune.Generation;

/// <summary>The fixtures that generation of decoders must pass, none skipped.</summary>
public sealed class GenerationFixtureTests
{
    private static readonly string[] Models = ["llama", "gpt2", "smollm2", "stories260k"];

    public static IEnumerable<TheoryDataRow<string>> Generate() => Fixtures.Names("generate", name => Models.Any(model => name.StartsWith($"generate/{model}-", StringComparison.Ordinal)));

    public static IEnumerable<TheoryDataRow<string>> Sampling() => Fixtures.Names("sampling");

    public static IEnumerable<TheoryDataRow<string>> Perplexity() => Fixtures.Names("perplexity");

    [Theory]
    [MemberData(nameof(Generate))]
    public void Tokens_are_the_references_to_the_letter(string name) => Fixtures.Check(new GenerateCheck(), name);

    [Theory]
    [MemberData(nameof(Sampling))]
    public void Probabilities_are_the_references(string name) => Fixtures.Check(new SamplingCheck(), name);

    [Theory]
    [MemberData(nameof(Perplexity))]
    public void Losses_are_the_references(string name) => Fixtures.Check(new PerplexityCheck(), name);
}
