namespace Attune;

/// <summary>The process's exit codes, as in BSD's sysexits.h where one fits.</summary>
public enum ExitCode
{
    /// <summary>Done.</summary>
    Done = 0,

    /// <summary>Checks ran and some failed (<c>attune verify</c>).</summary>
    ChecksFailed = 3,

    /// <summary>A wrong command line or recipe, or a resume under another plan.</summary>
    Usage = 64,

    /// <summary>Bad data, a file that is not what it claims to be, or a loss that is not finite.</summary>
    BadData = 65,

    /// <summary>An input that does not exist.</summary>
    MissingInput = 66,

    /// <summary>A mistake of Attune's own.</summary>
    Internal = 70,

    /// <summary>The memory is too small for what was asked.</summary>
    MemoryTooSmall = 71,

    /// <summary>The disk is full or cannot be written.</summary>
    Disk = 74,

    /// <summary>Try again: the run folder is in use, or a signal stopped the run after it saved.</summary>
    TryAgain = 75,
}

/// <summary>
/// The one exception that Attune throws for what a user can mend. <see cref="Exception.Message"/> reads
/// <c>place: what is wrong; cure</c>, for example <c>recipe.yaml:12:7: train.learning_rate must be greater than 0 (got -0.1)</c>.
/// </summary>
public class AttuneException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="exitCode">What the process ends with where nothing catches this.</param>
    /// <param name="place">The file, with line and column or byte offset where known; null where there is no place.</param>
    /// <param name="problem">What is wrong, in one sentence without a full stop.</param>
    /// <param name="cure">What to do about it, in one sentence without a full stop; null where the problem says it.</param>
    /// <param name="inner">The cause.</param>
    public AttuneException(ExitCode exitCode, string? place, string problem, string? cure = null, Exception? inner = null)
        : base((place is null ? "" : place + ": ") + problem + (cure is null ? "" : "; " + cure), inner)
    {
        ExitCode = exitCode;
        Place = place;
        Problem = problem;
        Cure = cure;
    }

    /// <summary>What the process ends with where nothing catches this.</summary>
    public ExitCode ExitCode { get; }

    /// <summary>The file, with line and column or byte offset where known.</summary>
    public string? Place { get; }

    /// <summary>What is wrong.</summary>
    public string Problem { get; }

    /// <summary>What to do about it.</summary>
    public string? Cure { get; }
}
