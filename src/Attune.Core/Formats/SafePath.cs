using System.Text.RegularExpressions;

namespace Attune.Formats;

/// <summary>The only way to a file whose name comes from data (an index, an adapter, a hub): it never leaves the folder.</summary>
internal static partial class SafePath
{
    private const int LongestName = 255;

    /// <summary>The path of <paramref name="name"/> directly in <paramref name="root"/>; refuses everything but a plain file name.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="name">A name of letters, digits, dots, hyphens and underscores that begins with a letter, a digit or an underscore.</param>
    /// <exception cref="AttuneException">The name is no plain name, or a symbolic link stands there that is none of the hub's cache.</exception>
    public static string Under(string root, string name)
    {
        if (!IsPlainName(name))
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

        if (new FileInfo(path).LinkTarget is { } target && !IsBlob(folder, target))
        {
            throw Refuse(root, name, "is a symbolic link");
        }

        return path;
    }

    // The hub's cache consists of links: models--x--y/snapshots/COMMIT/name leads to models--x--y/blobs/HASH, and nowhere else.
    private static bool IsBlob(string folder, string target)
    {
        string? repository = folder;
        while (repository is not null && Path.GetFileName(Path.GetDirectoryName(repository)) != "snapshots")
        {
            repository = Path.GetDirectoryName(repository);
        }

        repository = Path.GetDirectoryName(Path.GetDirectoryName(repository));
        var blob = new FileInfo(Path.GetFullPath(Path.Combine(folder, target)));
        return repository is not null && blob.DirectoryName == Path.Combine(repository, "blobs") && blob.LinkTarget is null;
    }

    /// <summary>Whether this can be the name of a file in some folder and nothing more.</summary>
    public static bool IsPlainName(string name) => name.Length <= LongestName && PlainName().IsMatch(name) && !name.EndsWith('.');

    private static AttuneException Refuse(string root, string name, string problem) =>
        new(ExitCode.BadData, root, $"{Names.Quote(name)} {problem}");

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._-]*\z", RegexOptions.NonBacktracking)]
    private static partial Regex PlainName();
}
