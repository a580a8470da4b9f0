namespace Attune.Verification;

/// <summary>Every fixture that lies here or beside the repository, one case each; what cannot be checked yet is a skip that says why.</summary>
public sealed class FixtureTests
{
    // Schedules, optimizers, training and adapters have tests of their own, which allow no skip.
    private static readonly string[] Kinds = ["forward", "generate", "sampling", "perplexity"];

    public static IEnumerable<TheoryDataRow<string>> All() => Kinds.SelectMany(kind => Fixtures.Names(kind));

    [Theory]
    [MemberData(nameof(All))]
    public void The_reference_is_reproduced(string fixture)
    {
        var result = Verifier.Check(Fixture.Open(Fixtures.Folder(fixture)));
        Assert.SkipWhen(result.Outcome == FixtureOutcome.Skipped, result.Message);
        Assert.True(result.Outcome == FixtureOutcome.Ok, result.Message);
    }
}
