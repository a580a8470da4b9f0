namespace Attune.Verification;

/// <summary>Copies of fixtures, with the models that they are of, to be changed.</summary>
internal static class CopiedFixtures
{
    /// <summary>Copies folders of tests/fixtures, each to the same place below another folder.</summary>
    public static void Copy(string to, params string[] folders)
    {
        string root = Path.Combine(TestPaths.Root, "tests", "fixtures");
        foreach (string file in folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*", SearchOption.AllDirectories)))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
