namespace Attune.Verification;

/// <summary>Every fixture that lies here or beside the repository, one case each.</summary>
public sealed class FixtureTests
{
    private static readonly HashSet<string> Kinds = ["forward", "train", "adapter", "generate", "sampling", "perplexity"];

    public static TheoryData<string> Fixtures()
    {
        var data = new TheoryData<string>();
        foreach (var fixture in TestPaths.Parity.SelectMany(Fixture.Find).Where(fixture => Kinds.Contains(fixture.Kind)))
        {
            data.Add(Path.GetRelativePath(TestPaths.Root, fixture.Folder));
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void The_reference_is_reproduced(string folder)
    {
        var result = Verifier.Check(Fixture.Open(Path.Combine(TestPaths.Root, folder)));
        Assert.SkipWhen(result.Outcome == FixtureOutcome.Skipped, result.Message);
        Assert.True(result.Outcome == FixtureOutcome.Ok, result.Message);
    }
}
