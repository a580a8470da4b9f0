using System.Text.RegularExpressions;

namespace Attune.Hub;

/// <summary>A model on the hub: a repository, and a file in it where one is named (<c>org/name/file.gguf</c>).</summary>
/// <param name="Repository"><c>org/name</c>, or <c>name</c> alone for a few old ones.</param>
/// <param name="File">The file; null: all that a model needs.</param>
public sealed partial record HubReference(string Repository, string? File)
{
    /// <summary>Reads a reference; null where the text cannot be one.</summary>
    /// <param name="source"><c>org/name</c>, <c>org/name/file.gguf</c> or <c>name</c>.</param>
    public static HubReference? TryParse(string source)
    {
        string[] parts = source.Split('/', 3);
        string? file = parts.Length == 3 ? parts[2] : null;
        string repository = parts.Length == 1 ? parts[0] : parts[0] + "/" + parts[1];
        return IsRepository(repository) && (file is null || IsPath(file)) ? new HubReference(repository, file) : null;
    }

    /// <summary>Whether a text can be a repository's id, by the hub's own rules.</summary>
    internal static bool IsRepository(string id) =>
        id.Length <= 96 && !id.Contains("--", StringComparison.Ordinal) && !id.Contains("..", StringComparison.Ordinal)
        && !id.EndsWith(".git", StringComparison.Ordinal) && id.Split('/') is { Length: <= 2 } parts && parts.All(part => Name().IsMatch(part));

    /// <summary>Whether a text can be a file's or a branch's name: plain names with slashes between them, no <c>..</c> that an address would resolve.</summary>
    internal static bool IsPath(string name) => name.Split('/').All(part => Name().IsMatch(part));

    /// <summary>Whether a text is a commit's full hash.</summary>
    internal static bool IsCommit(string revision) => revision.Length == 40 && revision.All(char.IsAsciiHexDigitLower);

    [GeneratedRegex(@"\A[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_-])?\z", RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}
