namespace Attune.Hub;

/// <summary>Where models come from and where they are kept. The defaults and the environment's variables are those of huggingface_hub.</summary>
public sealed record HubOptions
{
    /// <summary>The hub's address, http or https. Default <c>https://huggingface.co</c>; <c>HF_ENDPOINT</c>.</summary>
    public Uri Endpoint { get; init; } = new("https://huggingface.co");

    /// <summary>The cache's folder, shared with Python's tools. Default <c>~/.cache/huggingface/hub</c>; <c>HF_HUB_CACHE</c>, <c>HF_HOME</c>.</summary>
    public required string Cache { get; init; }

    /// <summary>What proves who asks; null: nobody in particular. <c>HF_TOKEN</c>, or the file <c>token</c> in <c>HF_HOME</c>.</summary>
    public string? Token { get; init; }

    /// <summary>Whether only the cache is asked. Default false; <c>HF_HUB_OFFLINE</c>.</summary>
    public bool Offline { get; init; }

    /// <summary>How long a connection, and an answer's beginning, may take.</summary>
    internal TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>In each such stretch of time a download must bring <see cref="LeastBytesPerSecond"/>, or it is given up.</summary>
    internal TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Less than this, over <see cref="StallTimeout"/>, is no download.</summary>
    internal int LeastBytesPerSecond { get; init; } = 512;

    /// <summary>The wait before a failed request is made again; it doubles each time.</summary>
    internal TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a request is made that brings nothing.</summary>
    internal int Attempts { get; init; } = 5;

    /// <summary>What the process's environment says.</summary>
    /// <exception cref="AttuneException">HF_ENDPOINT is no http or https address, or the token is none.</exception>
    public static HubOptions FromEnvironment() =>
        FromEnvironment(Environment.GetEnvironmentVariable, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));

    /// <summary>What an environment says.</summary>
    /// <param name="variable">A variable's value.</param>
    /// <param name="home">The user's folder.</param>
    internal static HubOptions FromEnvironment(Func<string, string?> variable, string home)
    {
        string? First(params string[] names) => names.Select(variable).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value))?.Trim();
        string Expanded(string path) => path == "~" || path.StartsWith("~/", StringComparison.Ordinal) ? home + path[1..] : path;

        string hfHome = Expanded(First("HF_HOME") ?? Path.Combine(First("XDG_CACHE_HOME") ?? Path.Combine(home, ".cache"), "huggingface"));
        string cache = Expanded(First("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE") ?? Path.Combine(hfHome, "hub"));
        string tokenFile = Expanded(First("HF_TOKEN_PATH") ?? Path.Combine(hfHome, "token"));
        string endpoint = First("HF_ENDPOINT") ?? "https://huggingface.co";
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https") || address.UserInfo.Length > 0)
        {
            throw new AttuneException(ExitCode.Usage, "HF_ENDPOINT", $"{endpoint} is no http or https address", "set it to https://huggingface.co or unset it");
        }

        return new HubOptions
        {
            Endpoint = address,
            Cache = Path.GetFullPath(cache),
            Token = CheckedToken(First("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN") ?? (File.Exists(tokenFile) ? File.ReadAllText(tokenFile).Trim() : null)),
            Offline = (First("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE") ?? "").ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE",
        };
    }

    private static string? CheckedToken(string? token) =>
        string.IsNullOrEmpty(token) ? null
        : token.All(c => c is > ' ' and < '\u007F') ? token
        : throw new AttuneException(ExitCode.Usage, "HF_TOKEN", "is no token: it holds spaces or special characters", "copy it again from https://huggingface.co/settings/tokens");
}
