using System.Text.RegularExpressions;

namespace Attune.House;

/// <summary>A C# file below <c>src/</c>: where it lies, and its code without comments and without what its strings say.</summary>
internal sealed class SourceFile
{
    // Comments and characters first: a quote within them opens no string. A string keeps its quotes, so that calls stay readable.
    private static readonly Regex Silent = new(
        """
        //[^\n]* | /\*.*?\*/ | '(?:\\.|[^\\'\n])+' | \$*\"{3,}.*?\"{3,} | [$]?@[$]?"(?:""|[^"])*" | [$]?"(?:\\.|[^\\"\n])*"
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.Singleline);

    private SourceFile(string path)
    {
        Path = System.IO.Path.GetRelativePath(TestPaths.Root, path).Replace('\\', '/');
        string[] parts = Path.Split('/');
        Project = parts[1];
        Folder = parts.Length > 3 ? parts[2] : "";
        Code = Silent.Replace(File.ReadAllText(path), found => found.Value[0] == '/' ? "" : "\"\"");
    }

    /// <summary>Every file of <c>src/</c> that is compiled, by path.</summary>
    public static IReadOnlyList<SourceFile> All { get; } = Directory
        .EnumerateFiles(System.IO.Path.Combine(TestPaths.Root, "src"), "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(path => new SourceFile(path)).Where(file => file.Path.Split('/')[2] is not ("obj" or "bin")).ToList();

    /// <summary>Relative to the repository's root, with slashes.</summary>
    public string Path { get; }

    /// <summary><c>Attune.Core</c>.</summary>
    public string Project { get; }

    /// <summary>The first folder below the project, empty where the file lies in the project itself.</summary>
    public string Folder { get; }

    /// <summary>What stands on one floor: the folder; for the command line, whose folders are one, <c>Cli</c>; empty for what every floor uses.</summary>
    public string Room => Project == "Attune.Cli" ? "Cli" : Folder;

    /// <summary>The room's folder, as docs/architecture.md names it.</summary>
    public string RoomPath => Project == "Attune.Cli" ? "src/Attune.Cli" : $"src/{Project}/{Folder}";

    /// <summary>The code alone.</summary>
    public string Code { get; }

    public override string ToString() => Path;
}
