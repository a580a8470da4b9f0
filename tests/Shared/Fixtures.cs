using Attune.Verification;

namespace Attune;

/// <summary>The parity fixtures as theory data, one case a fixture; a name that lies in several folders once.</summary>
internal static class Fixtures
{
    /// <summary>Names (<c>kind/folder</c>) of all fixtures of a kind that match; a theory without any would fail, so one says that they are absent.</summary>
    public static IEnumerable<TheoryDataRow<string>> Names(string kind, Func<string, bool>? where = null)
    {
        var names = TestPaths.Parity
            .Select(root => Path.Combine(root, kind)).Where(Directory.Exists)
            .SelectMany(Directory.EnumerateDirectories).Where(folder => File.Exists(Path.Combine(folder, "fixture.json")))
            .Select(folder => kind + "/" + Path.GetFileName(folder)).Distinct().Where(where ?? (_ => true)).Order(StringComparer.Ordinal).ToList();
        return names.Count == 0 ? [new TheoryDataRow<string>(kind) { Skip = $"no fixtures of kind {kind} are here" }] : names.Select(name => new TheoryDataRow<string>(name));
    }

    /// <summary>The folder of a fixture, in the first of the parity folders that has it.</summary>
    public static string Folder(string name) =>
        TestPaths.Parity.Select(root => Path.Combine(root, name)).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "fixture.json")))
            ?? throw new InvalidOperationException($"There is no fixture {name}.");

    /// <summary>Runs a check over a fixture.</summary>
    public static void Check(IFixtureCheck check, string name)
    {
        var fixture = Fixture.Open(Folder(name));
        Assert.Equal(check.Kind, fixture.Kind);
        var result = check.Check(fixture);
        Assert.True(result.Outcome == FixtureOutcome.Ok, $"{fixture.Name}: {result.Outcome} {result.Message}");
    }
}
