namespace Attune.Formats;

/// <summary>A file that is not what it claims to be: refused before anything is allocated on its word.</summary>
public sealed class FormatException : AttuneException
{
    private const string Damaged = "the file is damaged, or not what its name says: fetch it again from where you trust it";

    /// <summary>Creates the exception.</summary>
    /// <param name="file">The file.</param>
    /// <param name="offset">The byte at which reading failed; negative where there is none.</param>
    /// <param name="problem">What is wrong.</param>
    /// <param name="cure">What to do about it; null: to fetch the file again, where a byte of it is at fault.</param>
    /// <param name="inner">The cause.</param>
    public FormatException(string file, long offset, string problem, string? cure = null, Exception? inner = null)
        : base(ExitCode.BadData, offset < 0 ? file : $"{file} (byte {offset})", problem, cure ?? (offset < 0 ? null : Damaged), inner) => Offset = offset;

    /// <summary>The byte at which reading failed; negative where there is none.</summary>
    public long Offset { get; }
}
