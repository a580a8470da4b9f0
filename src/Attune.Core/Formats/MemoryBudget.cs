namespace Attune.Formats;

/// <summary>
/// What reading a file's directory may allocate: twice the file and 16 MiB, whatever counts and lengths the file declares.
/// Charged before each allocation, so that a small hostile file cannot ask for much memory.
/// </summary>
internal sealed class MemoryBudget(string file, long fileLength)
{
    /// <summary>A string of UTF-16 units: object header, length, terminator.</summary>
    public const int StringOverhead = 32;

    /// <summary>An entry of a dictionary with references as key and value (28 bytes), all the smaller tables that its growth leaves behind included.</summary>
    public const int DictionaryEntry = 4 * 28;

    // One MiB stays for what is not counted: the file's handle, the reader, the exception.
    private long left = checked((2 * fileLength) + (15L << 20));

    /// <summary>Takes bytes, or refuses the file.</summary>
    public void Take(long bytes, long offset)
    {
        left -= bytes;
        if (left < 0)
        {
            throw new FormatException(file, offset, "reading its directory would take more memory than twice the file");
        }
    }

    /// <summary>Takes <paramref name="count"/> things of <paramref name="size"/> bytes each.</summary>
    public void Take(ulong count, int size, long offset) =>
        Take(count > (ulong)(left / size) ? long.MaxValue / 2 : (long)count * size, offset);
}
