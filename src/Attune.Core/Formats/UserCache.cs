namespace Attune.Formats;

/// <summary>Where Attune keeps, for a user, what it can make again.</summary>
internal static class UserCache
{
    /// <summary>The folder, below <c>XDG_CACHE_HOME</c> or the system's place for such things; it need not exist.</summary>
    public static string Folder => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } named ? named
            : OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "attune");
}
