using System.Text.RegularExpressions;

namespace Attune.Data;

/// <summary>The files below a folder, by their paths from there, in a fixed order. Hidden ones, caches and Attune's own runs are passed
/// over.</summary>
internal static class FolderFiles
{
    private const int MostDepth = 10, MostFiles = 100_000;

    /// <summary>All files below a folder, with <c>/</c> between the parts of their paths.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="depth">How many folders deep, at most ten.</param>
    /// <exception cref="AttuneException">There are too many, or a folder cannot be read.</exception>
    public static List<string> Of(string folder, int depth = MostDepth)
    {
        var files = new List<string>();
        try
        {
            Walk(new DirectoryInfo(folder), "", Math.Min(depth, MostDepth), files, folder, []);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new AttuneException(ExitCode.MissingInput, folder, "the folder cannot be read: " + error.Message, inner: error);
        }

        files.Sort(StringComparer.Ordinal);
        return files;
    }

    /// <summary>Whether a path is one of a pattern's: <c>*</c> and <c>?</c> stand for what is in one name, <c>**</c> for any folders.</summary>
    /// <param name="pattern">The pattern.</param>
    public static Regex Pattern(string pattern)
    {
        string regex = Regex.Escape(pattern).Replace(@"\*\*/", "(?:.*/)?", StringComparison.Ordinal).Replace(@"\*", "[^/]*", StringComparison.Ordinal)
            .Replace(@"\?", "[^/]", StringComparison.Ordinal);
        return new Regex($"^{regex}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    }

    private static void Walk(DirectoryInfo folder, string prefix, int depth, List<string> files, string root, HashSet<string> above)
    {
        // A link to a folder above would be walked without end.
        string real = folder.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? folder.FullName;
        if (depth < 0 || !above.Add(real))
        {
            return;
        }

        foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos().Where(entry => !entry.Name.StartsWith('.')))
        {
            if (entry is FileInfo)
            {
                files.Add(prefix + entry.Name);
                if (files.Count > MostFiles)
                {
                    throw new AttuneException(ExitCode.Usage, root, $"the folder holds more than {MostFiles:#,0} files",
                        "name the files, or a smaller folder");
                }
            }
            else if (!entry.Name.StartsWith("__", StringComparison.Ordinal) && entry.Name != "node_modules" && entry is DirectoryInfo below
                && !IsRun(below))
            {
                Walk(below, prefix + entry.Name + "/", depth - 1, files, root, above);
            }
        }

        above.Remove(real);
    }

    private static bool IsRun(DirectoryInfo folder) => File.Exists(Path.Combine(folder.FullName, "plan.json"))
        && File.Exists(Path.Combine(folder.FullName, "recipe.yaml"));
}
