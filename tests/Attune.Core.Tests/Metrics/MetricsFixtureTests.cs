using Attune.Verification;

namespace Attune.Metrics;

public sealed class MetricsFixtureTests
{
    /// <summary>The fixtures whose metrics are there.</summary>
    private static readonly string[] There =
    [
        "classification", "multilabel", "probabilities", "seqeval", "regression", "ranking", "squad", "bleu", "chrf-ter", "rouge", "language-model",
        "significance", "agreement", "word-error",
    ];

    public static IEnumerable<TheoryDataRow<string>> Names => Fixtures.Names("metrics", name => There.Contains(Path.GetFileName(name)));

    [Theory]
    [MemberData(nameof(Names))]
    public void Figures_are_the_references(string fixture) => Fixtures.Check(new MetricsCheck(), fixture);
}
