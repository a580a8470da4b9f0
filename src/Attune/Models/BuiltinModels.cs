using System.Reflection;
using System.Security.Cryptography;
using Attune.Formats;

namespace Attune.Models;

/// <summary>
/// Models that come inside this assembly. A model is read from files, so they are unpacked once into the user's cache, in a folder named
/// after their content.
/// </summary>
internal static class BuiltinModels
{
    private const string Prefix = "Attune.Builtin.";
    private static readonly Assembly Home = typeof(BuiltinModels).Assembly;

    /// <summary>The names, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Home.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .Select(name => name[Prefix.Length..].Split('/')[0]).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The folder of a model, unpacked where it was not.</summary>
    /// <exception cref="AttuneException">There is none of that name, or the cache cannot be written.</exception>
    public static string Folder(string name)
    {
        string path = Prefix + name + "/";
        string[] files = [.. Home.GetManifestResourceNames().Where(resource => resource.StartsWith(path, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        if (files.Length == 0)
        {
            throw new AttuneException(ExitCode.MissingInput, "builtin:" + name, "there is no built-in model of that name", Names.Count == 0 ? null : "known are " + string.Join(", ", Names.Select(known => "builtin:" + known)));
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in files)
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(file));
            hash.AppendData(SHA256.HashData(Open(file)));
        }

        string folder = Path.Combine(UserCache.Folder, "builtin", $"{name}-{Convert.ToHexStringLower(hash.GetHashAndReset())[..16]}");
        foreach (string file in files)
        {
            string target = Path.Combine(folder, file[path.Length..]);
            using var stream = Open(file);
            if (!File.Exists(target) || new FileInfo(target).Length != stream.Length)
            {
                Directory.CreateDirectory(folder);
                AtomicFile.Write(target, stream.CopyTo, stream.Length);
            }
        }

        return folder;
    }

    private static Stream Open(string resource) => Home.GetManifestResourceStream(resource)!;
}
