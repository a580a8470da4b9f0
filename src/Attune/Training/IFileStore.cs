namespace Attune.Training;

/// <summary>The steps in which a checkpoint reaches the disk, each of which may be the last before a crash. A seam for tests.</summary>
internal interface IFileStore
{
    /// <summary>Makes a folder, and those above it.</summary>
    void CreateFolder(string path);

    /// <summary>Begins a file, empty.</summary>
    Stream Create(string path);

    /// <summary>Returns when the file's bytes are on the disk.</summary>
    void Flush(Stream stream);

    /// <summary>Gives a file another name in its folder, in place of what has that name.</summary>
    void Rename(string from, string to);

    /// <summary>Returns when the folder's names are on the disk.</summary>
    void FlushFolder(string path);

    /// <summary>Deletes a file, if it is there.</summary>
    void DeleteFile(string path);

    /// <summary>Deletes an empty folder.</summary>
    void DeleteFolder(string path);
}
