namespace Attune;

/// <summary>Where tests find things: the repository, and the reference results beside it where they are present.</summary>
internal static class TestPaths
{
    /// <summary>The repository's root: the folder that holds Attune.slnx.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The folder <c>shared</c> beside the repository, or null where it is absent.</summary>
    public static string? Shared { get; } = Directory.Exists(Path.Combine(Root, "..", "shared", "parity"))
        ? Path.GetFullPath(Path.Combine(Root, "..", "shared")) : Environment.GetEnvironmentVariable("ATTUNE_SHARED");

    /// <summary>Parity folders to run: the repository's own fixtures, those beside it, and what ATTUNE_PARITY names.</summary>
    public static IReadOnlyList<string> Parity { get; } = new[]
    {
        Path.Combine(Root, "tests", "fixtures"),
        Shared is null ? null : Path.Combine(Shared, "parity"),
        Environment.GetEnvironmentVariable("ATTUNE_PARITY"),
    }.Where(path => path is not null && Directory.Exists(path)).Select(path => path!).ToList();

    /// <summary>A path below <c>shared</c>; skips the running test, by name, where it is absent.</summary>
    public static string SharedOrSkip(string relative)
    {
        string path = Path.Combine(Shared ?? "", relative);
        if (Shared is null || !(File.Exists(path) || Directory.Exists(path)))
        {
            Assert.Skip($"shared/{relative} is absent");
        }

        return path;
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
