using Attune.Hub;

namespace Attune.Tuning;

/// <summary>Names of base models, as adapters have them: hub ids, folders, a hub's cache, GGUF files.</summary>
internal static class BaseNames
{
    private const string CachePrefix = "models--";

    /// <summary>Whether two names may mean one model: the last parts of both are alike, or one begins the other (<c>x-q4_1.gguf</c> of <c>x</c>).</summary>
    public static bool MayBeAlike(string one, string other)
    {
        string a = Last(one), b = Last(other);
        return a.StartsWith(b, StringComparison.OrdinalIgnoreCase) || b.StartsWith(a, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The id on the hub that a name is, or that a path in the hub's cache belongs to; null where it is neither.</summary>
    public static string? HubId(string name)
    {
        if (Cached(name) is { } cached)
        {
            return string.Join('/', cached.Split("--").Skip(1));
        }

        bool isLocal = Path.Exists(name) || Path.IsPathRooted(name) || name.StartsWith('.') || name.Contains(':', StringComparison.Ordinal) || name.Contains('\\', StringComparison.Ordinal);
        return !isLocal && HubReference.TryParse(name) is { File: null } ? name : null;
    }

    private static string? Cached(string name) =>
        Array.Find(name.Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries), part => part.StartsWith(CachePrefix, StringComparison.Ordinal));

    // A snapshot in the hub's cache is called after its commit: the model's name stands further up.
    private static string Last(string name)
    {
        string[] parts = name.Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries);
        string last = Cached(name) is { } cached ? cached.Split("--")[^1] : parts.Length == 0 ? "" : parts[^1];
        return last.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) ? last[..^".gguf".Length] : last;
    }
}
