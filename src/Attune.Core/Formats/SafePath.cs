using System.Text.RegularExpressions;

namespace Attune.Formats;

/// <summary>The only way to a file whose name comes from data (an index, an adapter, a hub): it never leaves the folder.</summary>
internal static partial class SafePath
{
    private const int LongestName = 255;

    /// <summary>The path of <paramref name="name"/> directly in <paramref name="root"/>; refuses everything but a plain file name.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="name">A name of letters, digits, dots, hyphens and underscores that begins with none of the first two's rest: no separators.</param>
    /// <exception cref="AttuneException">The name is no plain name, or a symbolic link stands there.</exception>
    public static string Under(string root, string name)
    {
        if (name.Length > LongestName || !PlainName().IsMatch(name) || name.EndsWith('.'))
        {
            throw Refuse(root, name, "is not a plain file name (letters, digits, '.', '-', '_')");
        }

        string folder = Path.GetFullPath(root);
        string path = Path.GetFullPath(Path.Combine(folder, name));
        string prefix = Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar;
        if (!path.StartsWith(prefix, StringComparison.Ordinal) || path.Length == prefix.Length)
        {
            throw Refuse(root, name, "leaves the folder");
        }

        if (new FileInfo(path).LinkTarget is not null)
        {
            throw Refuse(root, name, "is a symbolic link");
        }

        return path;
    }

    private static AttuneException Refuse(string root, string name, string problem) =>
        new(ExitCode.BadData, root, $"{Names.Quote(name)} {problem}");

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._-]*\z", RegexOptions.NonBacktracking)]
    private static partial Regex PlainName();
}
