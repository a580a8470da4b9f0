using System.Text.RegularExpressions;

namespace Attune.House;

/// <summary>The two tables of docs/architecture.md.</summary>
internal static class ArchitectureMap
{
    private static readonly string Text = File.ReadAllText(Path.Combine(TestPaths.Root, "docs", "architecture.md"));

    /// <summary>Folders below <c>src/</c> with their floors, in the page's order.</summary>
    public static IReadOnlyList<(string Folder, int Floor)> Floors { get; } = Regex
        .Matches(Text, @"^\| (\d+) \| `(src/[\w./]+)` \| \S.* \|$", RegexOptions.Multiline)
        .Select(found => (found.Groups[2].Value, int.Parse(found.Groups[1].Value))).ToList();

    /// <summary>Folders of the repository's root.</summary>
    public static IReadOnlyList<string> Roots { get; } = Regex
        .Matches(Text, @"^\| `([\w./]+)` \| \S.* \|$", RegexOptions.Multiline).Select(found => found.Groups[1].Value).ToList();
}
