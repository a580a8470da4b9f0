namespace Attune.Data;

/// <summary>A file format that holds rows. One format is one file of code; <see cref="RowFormats"/> knows them all.</summary>
public interface IRowFormat
{
    /// <summary>The name that a recipe uses.</summary>
    string Name { get; }

    /// <summary>Extensions of such files, with the dot, in lower case.</summary>
    IReadOnlyList<string> Extensions { get; }

    /// <summary>Reads the rows one by one, holding no more than a few of them.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What its content does not say.</param>
    /// <param name="bad">Takes the rows that cannot be read; reading goes on after each.</param>
    /// <exception cref="AttuneException">The file is missing or no file of this format at all.</exception>
    IEnumerable<DataRow> Read(string path, ReadOptions options, BadRows bad);
}
