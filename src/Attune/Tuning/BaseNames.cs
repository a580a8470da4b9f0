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

    // A snapshot in the hub's cache is called after its commit: the model's name stands further up.
    private static string Last(string name)
    {
        string[] parts = name.Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries);
        string last = Array.Find(parts, part => part.StartsWith(CachePrefix, StringComparison.Ordinal)) is { } cached ? cached.Split("--")[^1] : parts.Length == 0 ? "" : parts[^1];
        return last.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) ? last[..^".gguf".Length] : last;
    }
}
