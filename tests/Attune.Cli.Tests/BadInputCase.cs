namespace Attune.Cli;

/// <summary>A command that must be refused.</summary>
/// <param name="Name">What is wrong.</param>
/// <param name="Command">The command line after <c>attune</c>; words are parted by spaces.</param>
/// <param name="Code">What it ends with.</param>
/// <param name="Place">What the error stream says of where the fault lies.</param>
/// <param name="Cure">What it says of what to do.</param>
internal sealed record BadInputCase(string Name, string Command, ExitCode Code, string Place, string Cure)
{
    /// <summary>Spoils the folder of good input.</summary>
    public Action<BadInputFolder> Given { get; init; } = _ => { };

    /// <summary>What the environment has besides.</summary>
    public (string Name, string Value)? Environment { get; init; }

    /// <summary>A folder that the command may have begun and need not take away: what was done so far lies there.</summary>
    public string? Begins { get; init; }
}
