namespace Attune.Formats;

/// <summary>Pickles run code when they are read, so Attune has no reader for them, only advice.</summary>
internal static class Pickle
{
    /// <summary>How to get from a pickled checkpoint to safetensors.</summary>
    public const string Cure = "Attune does not read pickles (they can run code): convert it on a machine that you trust with Python, "
        + "AutoModel.from_pretrained(FOLDER).save_pretrained(FOLDER), or look for a revision of the model with safetensors";

    private static readonly string[] Endings = [".bin", ".pt", ".pth", ".ckpt", ".pkl"];

    /// <summary>Whether a file is a pickle by its name.</summary>
    public static bool IsNamed(string path) => Endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>The first file of a folder that is a pickle by its name, or null.</summary>
    public static string? Find(string folder) => Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).FirstOrDefault(IsNamed);
}
