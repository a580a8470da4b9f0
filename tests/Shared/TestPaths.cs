namespace Attune;

/// <summary>Where tests find things: the repository, and the reference results beside it where they are present.</summary>
internal static class TestPaths
{
    /// <summary>The repository's root: the folder that holds Attune.slnx.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The folder <c>shared</c> beside the repository, or null where it is absent.</summary>
    public static string? Shared { get; } = Directory.Exists(Path.Combine(Root, "..", "shared", "parity"))
        ? Path.GetFullPath(Path.Combine(Root, "..", "shared")) : Environment.GetEnvironmentVariable("ATTUNE_SHARED");

    /// <summary>Parity folders to run: what ATTUNE_PARITY names, the repository's own fixtures, and those beside it.</summary>
    public static IReadOnlyList<string> Parity { get; } = new[]
    {
        Environment.GetEnvironmentVariable("ATTUNE_PARITY"),
        Path.Combine(Root, "tests", "fixtures"),
        Shared is null ? null : Path.Combine(Shared, "parity"),
    }.Where(path => path is not null && Directory.Exists(path)).Select(path => Path.GetFullPath(path!)).ToList();

    /// <summary>
    /// A path below <c>shared</c>; skips the running test, by name, where it is absent. A part of <c>parity</c> is also looked for among the
    /// repository's own fixtures.
    /// </summary>
    public static string SharedOrSkip(string relative)
    {
        string? path = new[]
        {
            Shared is null ? null : Path.Combine(Shared, relative),
            relative.StartsWith("parity/", StringComparison.Ordinal) ? Path.Combine(Root, "tests", "fixtures", relative["parity/".Length..]) : null,
        }.FirstOrDefault(candidate => File.Exists(candidate) || Directory.Exists(candidate));
        Assert.SkipWhen(path is null, $"shared/{relative} is absent");
        return path!;
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Attune.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("Attune.slnx was not found above " + AppContext.BaseDirectory);
    }
}
